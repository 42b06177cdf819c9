"""The connector `sql` and who answers: a real PostgreSQL with and without a certificate."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.postgres import PASSWORD, USER, running
from tests.support.small_home import SmallHome

ADDRESS = "EPJ_URL"
# An address of this machine that the connector does not know as such.
HOST, OTHER = "127.0.0.2", "127.0.0.3"


def free_port() -> int:
    with socket.socket() as free:
        free.bind((HOST, 0))
        return int(free.getsockname()[1])


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A certificate for HOST that signs itself, and its key, where PostgreSQL's user may read."""
    if shutil.which("openssl") is None:
        pytest.skip("no openssl: install it with apt-get install openssl")
    folder = Path("/tmp") / f"samordna-tls-{os.getpid()}"
    folder.mkdir(mode=0o755)
    folder.chmod(0o755)
    made, key = folder / "server.pem", folder / "server.key"
    subprocess.run(
        f"openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=test "
        f"-addext subjectAltName=IP:{HOST} -keyout {key} -out {made}".split(),
        check=True,
        capture_output=True,
    )
    made.chmod(0o644)
    key.chmod(0o600)
    if os.geteuid() == 0:
        shutil.chown(key, "nobody")
    yield made
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def port(certificate: Path) -> Iterator[int]:
    """A server that answers with the certificate on two addresses."""
    number = free_port()
    key = certificate.with_name("server.key")
    with running(
        f"listen_addresses={HOST},{OTHER}",
        "ssl=on",
        f"ssl_cert_file={certificate}",
        f"ssl_key_file={key}",
        port=number,
    ):
        yield number


def problems(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str) -> list[str]:
    monkeypatch.setenv(ADDRESS, address)
    home = SmallHome(tmp_path / "home").source(
        "epj", "koordinator", connector="sql", url_env=ADDRESS, query="select 1 as registrering_id"
    )
    return home.fetch()


def address(host: str, port: int, **said: object) -> str:
    query = "&".join(f"{name}={value}" for name, value in said.items())
    return f"postgresql://{USER}:{PASSWORD}@{host}:{port}/postgres?{query}"


def test_a_certificate_of_a_named_authority_is_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, port: int, certificate: Path
) -> None:
    assert problems(tmp_path, monkeypatch, address(HOST, port, sslrootcert=certificate)) == []


def test_the_remedy_that_is_told_is_the_one_that_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, port: int
) -> None:
    (problem,) = problems(tmp_path, monkeypatch, address(HOST, port))
    assert "certificate is not to be trusted" in problem
    assert "sslrootcert=" in problem
    assert PASSWORD not in problem


def test_a_certificate_of_another_name_is_not_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, port: int, certificate: Path
) -> None:
    (problem,) = problems(tmp_path, monkeypatch, address(OTHER, port, sslrootcert=certificate))
    assert "certificate is not to be trusted" in problem


@pytest.mark.parametrize("mode", ["disable", "allow", "prefer", "require", "verify-ca"])
def test_less_than_the_whole_check_is_refused_before_anything_is_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    written = address("db.example.com", 5432, sslmode=mode)
    (problem,) = problems(tmp_path, monkeypatch, written)
    assert f"sslmode={mode}" in problem
    assert "sslmode=verify-full" in problem
    assert PASSWORD not in problem


@pytest.mark.parametrize("query", ["host=db.example.com", "host=localhost,db.example.com"])
def test_a_host_in_the_query_is_a_host_like_any_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, query: str
) -> None:
    written = f"postgresql://{USER}:{PASSWORD}@/postgres?{query}&sslmode=disable"
    (problem,) = problems(tmp_path, monkeypatch, written)
    assert "sslmode=disable" in problem


def test_a_database_that_does_not_encrypt_is_not_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = free_port()
    with running(f"listen_addresses={HOST}", port=number):
        (problem,) = problems(tmp_path, monkeypatch, address(HOST, number))
    assert "does not encrypt" in problem
