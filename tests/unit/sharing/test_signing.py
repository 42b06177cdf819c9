"""Signatures, and the keys that make them: outside the home, for their owner's eyes only."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from dagster_project.config.installation import load_installation
from dagster_project.problems import SamordnaError
from dagster_project.sharing.signing import SigningKey, is_signed, public_bytes
from dagster_project.sharing.signing_keys import open_signing_keys
from tests.support.small_home import SmallHome

# The first test of RFC 8032, section 7.1: private key, public key, signature of nothing.
_PRIVATE = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
_PUBLIC = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
_SIGNATURE = (
    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
    "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
)


def test_a_signature_is_that_of_the_standard() -> None:
    key = SigningKey(bytes.fromhex(_PRIVATE))
    assert public_bytes(key.public) == bytes.fromhex(_PUBLIC)
    assert key.sign(b"").hex() == _SIGNATURE
    assert is_signed(b"", bytes.fromhex(_SIGNATURE), key.public)


@pytest.mark.parametrize(
    ("content", "signature", "public"),
    [
        (b"x", bytes.fromhex(_SIGNATURE), SigningKey(bytes.fromhex(_PRIVATE)).public),
        (b"", bytes(64), SigningKey(bytes.fromhex(_PRIVATE)).public),
        (b"", b"", SigningKey(bytes.fromhex(_PRIVATE)).public),
        (b"", bytes.fromhex(_SIGNATURE), SigningKey(bytes(32)).public),
        (b"", bytes.fromhex(_SIGNATURE), "ed25519:"),
        (b"", bytes.fromhex(_SIGNATURE), _PUBLIC),
        (b"", bytes.fromhex(_SIGNATURE), "ed25519:æøå"),
    ],
)
def test_another_content_signature_or_key_is_not_signed(
    content: bytes, signature: bytes, public: str
) -> None:
    assert not is_signed(content, signature, public)


def test_a_private_key_is_not_printed() -> None:
    key = SigningKey(bytes.fromhex(_PRIVATE))
    assert _PRIVATE not in f"{key} {key!r} {key.public}"
    assert key.public in repr(key)


def test_secrets_differ_by_purpose_and_key() -> None:
    one, other = SigningKey(bytes(32)), SigningKey(bytes.fromhex(_PRIVATE))
    secrets = {one.secret("a"), one.secret("b"), other.secret("a")}
    assert len(secrets) == 3
    assert one.secret("a") == SigningKey(bytes(32)).secret("a")


def test_a_key_is_made_once_and_lies_outside_the_home_for_its_owner_alone(tmp_path: Path) -> None:
    small = SmallHome(tmp_path / "home").source("epj", "koordinator")
    installation = load_installation(small.home)
    keys = open_signing_keys(installation)
    assert keys.get("4602") is None
    made = keys.make("4602")
    assert not keys.file.resolve().is_relative_to(small.home.root)
    assert stat.S_IMODE(keys.file.stat().st_mode) == 0o600
    again = open_signing_keys(installation).get("4602")
    assert again is not None
    assert again.public == made.public
    assert keys.make("4602").public != made.public


@pytest.mark.parametrize(
    ("text", "mode", "code"),
    [('{"keys": {}}', 0o644, "key_file_open"), ("x", 0o600, "key_file_unreadable"),
     ('{"keys": {"4602": "00"}}', 0o600, "key_file_unreadable")],
)  # fmt: skip
def test_a_key_file_that_is_unfit_is_refused(
    tmp_path: Path, text: str, mode: int, code: str
) -> None:
    small = SmallHome(tmp_path / "home", key_file=str(tmp_path / "own.keys"))
    small.source("epj", "koordinator")
    file = tmp_path / "own.signing"
    file.write_text(text)
    file.chmod(mode)
    with pytest.raises(SamordnaError) as error:
        open_signing_keys(load_installation(small.home))
    assert error.value.problem.code == code
