"""What `sources.yml` says of packages, and what is told where it cannot be."""

from __future__ import annotations

from pathlib import Path

import pytest

from dagster_project.config.installation import Installation, load_installation
from dagster_project.config.paths import Home
from dagster_project.config.template import COMPARE_YML, SOURCES_YML
from dagster_project.identity.detection import holds_person_id
from dagster_project.problems import SamordnaError
from dashboards.view.preferences import read_preferences
from tests.support.persons import fnr

# Among its signs stand the digits of an id, as they may by chance.
ID = fnr("1980-05-15", 3)
KEY = f"ed25519:{'-'.join(ID).replace('-', 'x')}{'B' * 22}="
SHORT = f"ed25519:{'B' * 42}="
OURS = 'home_municipality: "4602"\n'


def _load(tmp_path: Path, text: str) -> Installation:
    (tmp_path / "sources.yml").write_text(text, encoding="utf-8")
    return load_installation(Home(tmp_path))


def test_nothing_is_shared_or_received_unless_it_is_said(tmp_path: Path) -> None:
    for text in (OURS, f"{OURS}share: false\n"):
        installation = _load(tmp_path, text)
        assert installation.share is None
        assert installation.compare is None
        assert not installation.only_compares


def test_what_is_shared_has_its_defaults(tmp_path: Path) -> None:
    share = _load(tmp_path, f"{OURS}share: true\n").share
    assert share is not None
    assert (share.municipalities, share.base, share.folder, share.seconds) == ((), 5, None, 60)
    own = _load(
        tmp_path,
        f'{OURS}share: {{municipalities: ["1401", "3203"], base: 3, folder: /x, seconds: 5}}\n',
    ).share
    assert own is not None
    # What merged into Kinn is Kinn.
    assert (own.municipalities, own.base, own.seconds) == (("4602", "3203"), 3, 5)


def test_a_home_may_only_compare(tmp_path: Path) -> None:
    installation = _load(tmp_path, f'compare: {{packages: p, keys: {{"4602": "{KEY}"}}}}\n')
    assert installation.only_compares
    assert installation.home_code is None
    assert installation.codes == []
    assert installation.compare is not None
    assert installation.compare.keys == {"4602": KEY}


def test_a_sender_of_any_year_is_known(tmp_path: Path) -> None:
    installation = _load(tmp_path, f'compare: {{keys: {{"1401": "{KEY}"}}}}\n')
    assert installation.compare is not None
    assert list(installation.compare.keys) == ["1401"]


def test_groups_to_compare_with_are_named(tmp_path: Path) -> None:
    written = 'compare: {groups: {"KOSTRA-gruppe 2": ["4602", "1507"]}}\n'
    installation = _load(tmp_path, written)
    assert installation.compare is not None
    assert installation.compare.groups == {"KOSTRA-gruppe 2": ("4602", "1507")}
    home = Home(tmp_path)
    assert read_preferences(home).groups == (("KOSTRA-gruppe 2", ("4602", "1507")),)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("share: true\n", "the key `home_municipality:` is missing"),
        ("sources: []\n", "the key `home_municipality:` is missing"),
        (f"{OURS}share: perhaps\n", "`share:` must be true, or name"),
        (f"{OURS}share: {{base: 4}}\n", "`base` must be 5 or 3"),
        (f"{OURS}share: {{seconds: 0}}\n", "`seconds` must be a whole number from 1 to 3600"),
        (f"{OURS}share: {{bases: 5}}\n", "unknown key 'share.bases'"),
        (f"{OURS}share: {{municipalities: 4602}}\n", "must be a list of municipality numbers"),
        (f'{OURS}share: {{municipalities: ["9999"]}}\n', "no municipality's number"),
        ("compare: /srv/packages\n", "`compare:` must be `packages:`, `keys:` and `groups:`"),
        ("compare: {keys: [a]}\n", "municipality numbers, each with its public key"),
        (f'compare: {{keys: {{"9999": "{KEY}"}}}}\n', "'9999' is no municipality's number"),
        ('compare: {keys: {"4602": "abc"}}\n', "a key is `ed25519:` and 44 signs"),
        (f'compare: {{keys: {{"4602": "{SHORT}"}}}}\n', "a key is `ed25519:` and 44 signs"),
        ("compare: {packages: [a]}\n", "compare.packages"),
        ("compare: {groups: [a]}\n", "must be names, each with a list of municipality numbers"),
        ('compare: {groups: {A: "4602"}}\n', "`A` must be a list of 2 or more"),
        ('compare: {groups: {A: ["4602"]}}\n', "`A` must be a list of 2 or more"),
        ('compare: {groups: {A: ["4602", "9999"]}}\n', "'9999' is no municipality's number"),
        ('compare: {groups: {A: ["4602", "4602"]}}\n', "'4602' stands twice in `A`"),
        ('compare: {groups: {"12": ["4602", "4618"]}}\n', "begins with a letter"),
    ],
)
def test_what_cannot_be_is_told_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(SamordnaError) as error:
        _load(tmp_path, text)
    assert error.value.problem.code == "sources_shape"
    assert said in str(error.value)


def test_an_id_is_refused_where_no_key_is(tmp_path: Path) -> None:
    assert holds_person_id(KEY)
    for written in (ID, KEY.replace("ed25519", "key")):
        with pytest.raises(SamordnaError) as error:
            _load(tmp_path, f'compare: {{packages: "{written}"}}\n')
        assert "may be a person's id" in str(error.value)
        assert ID not in str(error.value)


def test_what_init_writes_can_be_read(tmp_path: Path) -> None:
    assert _load(tmp_path, COMPARE_YML).only_compares
    assert _load(tmp_path, SOURCES_YML.replace("{municipality}", "4602")).share is None
