"""In a field of codes a steward sees the word that nobody knows, and nobody's name."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dagster_project.config.installation import load_installation
from dagster_project.demo.identities import _MEN, _SURNAMES, _WOMEN
from dagster_project.identity.lexicon import SURNAMES
from dagster_project.identity.maskers import Maskers
from dagster_project.identity.masking import Masker
from tests.support.persons import fnr
from tests.support.small_home import SmallHome, coordinator, fetch, person
from tests.support.spellings import forms_of_name, spellings_of

# Names that no register of the test knows, and that stand in no list of the product.
FOREIGN = """
    Quagmeer Zaltovic Xanippa Okonkwo Szczepański Petrauskas Nakamura Virtanen Þórsson Guðmundsdóttir
    O'Hara D'Angelo MacLeod van-der-Berg Al-Sabah Papadopoulos Bjarnason Ivanova
""".split()
# What farms, and the families of them, are called.
FIRST = "Nord Sør Øst Vest Mid Ner Upp Haug Bakke Solvor Stor Lille Brat Grøn Svart Hest Kalve Torp Eiker"
LAST = "heim rud dal bakk gård gaard hagen set sæter tveit lien strand stein skog eide vold holm fjord by bø nes land stad vik berg lund moen"
GENERIC = ("møte", "samtale", "ordning", "person", "team")
SHOWN = [
    "Ressursperson",
    "Diverse",
    "Kaffemøte",
    "Feriestengt",
    "nabo",
    "Se journal",
    "avventer svar",
    "Stedfortreder",
    "Avventar svar frå sjukehuset",
    "venteliste",
    "Tiltak avlyst",
    "søskengruppe",
    "Frivilligsentralen",
    "vakant",
    "K1",
    "AB2",
    "3",
    "Psykologkonsultasjon",
    "brukerråd (2)",
    "31.12.2023",
]


@pytest.fixture(scope="module")
def masker(tmp_path_factory: pytest.TempPathFactory) -> Masker:
    """Return the masker of a municipality whose registers know nobody."""
    root = tmp_path_factory.mktemp("codes")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CONFIG_HOME", str(root / "settings"))
        home = SmallHome(root / "home").source("epj", "koordinator")
        return Maskers(load_installation(home.home)).masker("4602")


@pytest.mark.parametrize("text", [word for word in SHOWN if word != "Frivilligsentralen"])
def test_an_ordinary_word_is_shown_as_it_is_written(masker: Masker, text: str) -> None:
    for form in (text, text.upper(), text.lower()):
        assert masker.value(form) == form


SPELT = [
    str,
    str.lower,
    str.upper,
    str.title,
    lambda name: name.replace("å", "aa").replace("ø", "oe").replace("æ", "ae"),
    lambda name: f"{name},",
    lambda name: f"K. {name}",
    lambda name: f"{name} K",
    lambda name: f"{name}, Kari",
    lambda name: f"{name}-{name}",
    lambda name: f"{name}s",
    lambda name: f"{name} {name}",
    lambda name: f" {name}\u200b ",
    " ".join,
    lambda name: f"koordinator {name}",
    lambda name: f"vikar for {name}",
    lambda name: f"({name})",
]


def _farms() -> list[str]:
    farms = {f"{first}{last}" for first in FIRST.split() for last in LAST.split()}
    return sorted(farms - {"Nordland", "Vestland"})  # counties too


@given(
    st.sampled_from([*_SURNAMES, *FOREIGN]),
    st.sampled_from([*SPELT, *(lambda name, word=word: f"{name}{word}" for word in GENERIC)]),
    st.integers(1, 4),
)
def test_a_surname_that_no_register_knows_is_never_shown(
    masker: Masker, name: str, spelt: object, rows: int
) -> None:
    text = spelt(name)
    shown = masker.value(text, rows)
    assert shown != text
    assert name.lower() not in shown.lower()


@pytest.mark.parametrize("name", sorted(SURNAMES))
def test_a_surname_that_many_are_called_by_is_not_shown_on_however_many_rows(
    masker: Masker, name: str
) -> None:
    # What is joined of a name of two or three letters is like any other word.
    joined = (f"{name}møte", f"kari{name}", f"{name}team") if len(name) > 3 else ()
    for form in (name, name.title(), f"{name}s", f"vikar {name}", *joined):
        assert masker.value(form, rows=500) != form


@pytest.mark.parametrize("name", _farms())
def test_the_name_of_a_farm_is_not_shown(masker: Masker, name: str) -> None:
    assert masker.value(name) != name


@given(st.sampled_from([*_WOMEN, *_MEN]), st.sampled_from(_SURNAMES), st.data())
def test_a_whole_name_that_no_register_knows_is_never_shown(
    masker: Masker, first: str, last: str, data: st.DataObject
) -> None:
    forms = forms_of_name(first, last)
    text = forms[data.draw(st.sampled_from(sorted(forms)))]
    assert masker.value(text, data.draw(st.integers(1, 4))) != text


@given(st.data(), st.integers(1, 500))
def test_an_id_is_never_shown(masker: Masker, data: st.DataObject, rows: int) -> None:
    text = data.draw(spellings_of(st.just(fnr("1990-01-31"))))
    assert masker.value(text, rows) != text


@pytest.mark.parametrize("rows", [1, 500])
@pytest.mark.parametrize(
    "text",
    [
        "98765432",
        "987 65 432",
        "98 76 54 32",
        "+47 98765432",
        "tlf 98765432",
        "0047-98.76.54.32",
        "02800",
        "010182",
        "kari@kinn.kommune.no",
        "post@kommune.no",
        "k.n (at) x@y",
        "Storgata 5",
        "Skoleveien 12 B",
        "skulevegen 3",
        "Postboks 12",
        "Nygata 7, 6900",
        "Torggt. 4",
    ],
)
def test_what_reaches_a_person_is_never_shown(masker: Masker, text: str, rows: int) -> None:
    assert masker.value(text, rows) != text


def test_a_word_that_is_somebodys_name_in_the_register_is_not_shown(tmp_path: Path) -> None:
    home = SmallHome(tmp_path / "home").source("folk", "person").source("epj", "koordinator")
    home.deliver("folk", "20240131", [person(1, navn="Diverse, Solvor")])
    home.deliver("epj", "20240131", [coordinator("K-1", 1, "2021-01-01", rolle="Diverse")])
    home.land()
    with home.build() as warehouse:
        [(written,)] = fetch(warehouse, "select rolle from landing.koordinator")
    assert "iverse" not in written


def test_a_word_that_landed_masked_is_read_when_it_is_listed(tmp_path: Path) -> None:
    home = SmallHome(tmp_path / "home").source("epj", "koordinator").source("folk", "person")
    home.deliver("folk", "20240131", [person(1)])
    home.deliver("epj", "20240131", [coordinator("K-1", 1, "2021-01-01", rolle="Quagmeer")])
    home.land()
    (home.home.inbox / "epj" / "epj_20240131.csv").unlink()
    home.sources[0]["values"] = {"rolle": {"Quagmeer": "koordinator"}}
    home.write_settings()
    with home.build() as warehouse:
        found = fetch(warehouse, "select role from staging.stg_coordinator")
    assert found == [("coordinator",)]
