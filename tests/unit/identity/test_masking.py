"""What is written of a text that may name a person."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dagster_project.identity.masking import KnownNames, Masker
from dagster_project.identity.pseudonyms import Pseudonymiser
from tests.support.persons import fnr
from tests.support.small_home import SmallHome
from tests.support.spellings import forms_of_name, spellings_of

HASHES = Pseudonymiser("4602", bytes(range(32)))
VOCABULARY = frozenset({"koordinator", "leder", "team", "registrering"})


@pytest.fixture
def names() -> KnownNames:
    known = KnownNames(HASHES)
    known.add(["Fjodor Kanarifugl", None, "Testesen, Zebulon"])
    return known


@pytest.fixture
def masker(names: KnownNames) -> Masker:
    return Masker(
        HASHES,
        VOCABULARY,
        names,
        listed=frozenset({"haugen kanarifugl"}),
        places=frozenset({"senja", "berg", "nes", "kanarifugl"}),
        own_places=frozenset({"senja", "berg"}),
    )


@pytest.mark.parametrize(
    "text",
    [
        "K1",
        "Stedfortreder",
        "per telefon",
        "høst 2023",
        "Avdeling 2, 3. etasje",
        "05.13.2021",
        "Koordinator (vikar)",
        "folkeregister 20231231.txt",
        "Hjemmetjenesten Nord",
        "koordinator_20231231.csv",
        "tjenester (1).csv",
        "koordinator_20231231T083000.csv",
        "KE register Senja 20191231.xlsx",
        "07459_20190301.csv",
        "SamPro_20231231.xlsx",
        "Oppretta",
        "planId",
        "Barneverntjenesten",
        "Fysio- og ergoterapitjenesten",
        "Digitalt planverktøy",
        "K-5530 Senja",
        "Tidlegare Berg",
        "31.12.2023 08:15",
        "2024-01-31 08:15:00.123456",
        "Org.nr 974652277",
        "974 652 277",
        "sak 2023/004512",
        "Gerica_uttrekk_v2_20231231T0830.csv",
        "post@kommune.no",
        "100 % stilling",
        "K&amp;U",
    ],
)
def test_what_names_nobody_stays(masker: Masker, text: str) -> None:
    assert masker.label(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "Kari Nordmann",
        "nordmann kari",
        "NORDMANN, KARI",
        "Per Hansen",
        "per hansen",
        "Koordinator: Kari",
        fnr("1990-01-31"),
        f"{fnr('1990-01-31')[:6]} {fnr('1990-01-31')[6:]}",
        f"IP {fnr('1990-01-31')} avsluttet",
        "918 27 364 5",
        "Fjodor Kanarifugl",
        "kanarifugl, fjodor",
        "Xanippa Quagmeer",
        "QUAGMEER, XANIPPA",
        "team Xanippa Quagmeer",
    ],
)
def test_what_may_name_a_person_is_masked(masker: Masker, text: str) -> None:
    masked = masker.label(text)
    assert masked != text
    assert not any(
        word.lower() in masked.lower()
        for word in text.split()
        if len(word) > 3 and word != "avsluttet"
    )
    # The same text can be known again, another one cannot be taken for it.
    assert masked == masker.label(text)


@pytest.mark.parametrize(
    "text", ["K1", "høst 2023", "35.13.2021", "ca. mars", "AB2", "KO", "ukjent"]
)
def test_what_is_no_value_but_plain_is_shown(masker: Masker, text: str) -> None:
    assert masker.label(text) == text


@pytest.mark.parametrize("text", ["Nordmann", "vikarius", "Koordinator Nordmann", "Kai", "Xanippa"])
def test_where_no_name_belongs_an_unknown_word_is_masked(masker: Masker, text: str) -> None:
    assert masker.label(text) != text


@pytest.mark.parametrize(
    "text",
    [
        "A1Zalto B3Vorm",
        "Stedrepresentant Q",
        "Sone Haugmark",
        "Liv og helse",
        "Zalto",
    ],
)
def test_what_many_rows_say_is_a_word_of_the_house(masker: Masker, text: str) -> None:
    assert masker.label(text, rows=4) != text
    assert masker.label(text, rows=5) == text


@pytest.mark.parametrize(
    "text", ["Kari Nordmann", "Kanarifugl", "Plan Kanarifugl", fnr("1990-01-31")]
)
def test_no_number_of_rows_shows_a_name_or_an_id(masker: Masker, text: str) -> None:
    assert masker.label(text, rows=500) != text


def test_what_the_settings_list_is_kept_but_no_id(masker: Masker) -> None:
    assert masker.label("Haugen Kanarifugl") == "Haugen Kanarifugl"
    one = fnr("1990-01-31")
    listed = Masker(HASHES, VOCABULARY, KnownNames(HASHES), listed=frozenset({f"f {one}"}))
    assert listed.label(f"f {one}") != f"f {one}"


def test_a_remark_is_shown_unless_it_may_name_a_person(masker: Masker) -> None:
    assert masker.remark("Feilaktig utplukk, hentes på ny") == "Feilaktig utplukk, hentes på ny"
    for text in ("hentet av kanarifugl", f"gjaldt {fnr('1990-01-31')[:6]}_{fnr('1990-01-31')[6:]}"):
        assert masker.remark(text) != text


@pytest.mark.parametrize("text", ["Nes", "5530 Kanarifugl", "K-1929 Berg", "Berg kommune"])
def test_the_name_of_a_municipality_is_kept_where_one_belongs(masker: Masker, text: str) -> None:
    assert masker.place(text) == text
    assert masker.label("Kanarifugl") != "Kanarifugl"
    assert masker.place(f"Fjodor {text}") != f"Fjodor {text}"


@pytest.mark.parametrize("rows", [1, 500])
@pytest.mark.parametrize("form", forms_of_name("Fjodor", "Kanarifugl"))
def test_one_word_of_a_known_name_is_enough(masker: Masker, form: str, rows: int) -> None:
    text = forms_of_name("Fjodor", "Kanarifugl")[form]
    masked = masker.label(text, rows)
    assert masked != text
    assert "kanarifugl" not in masked.lower()
    assert masker.registration_id(f"{text} 7") is None


@pytest.mark.parametrize("rows", [1, 500])
@pytest.mark.parametrize(
    "text",
    ["Иван Петров", "Петров", "محمد", "Παπαδόπουλος", "王小明", "Koordinator Петров", "Ⓚⓐⓡⓘ"],
)
def test_a_word_of_another_script_is_masked(masker: Masker, text: str, rows: int) -> None:
    masked = masker.label(text, rows)
    assert masked != text
    assert not set(masked) & set("ИванПетровمحدΠαπδόουλς王小明Ⓚⓐⓡⓘ")


@pytest.mark.parametrize(
    "text",
    [
        "Quagmeer",
        "K. Quagmeer",
        "bruker Quagmeer",
        "quagmeer-12",
        "XanippaQuagmeer",
        "K. N.",
        "K.N.",
        "Q u a g",
    ],
)
def test_a_name_that_nobody_knows_is_masked_where_few_rows_say_it(
    masker: Masker, text: str
) -> None:
    assert masker.label(text, rows=4) != text


@given(
    st.sampled_from(["Fjodor Kanarifugl", "Zebulon Testesen"]),
    st.sampled_from([str, str.lower, str.upper, str.title, str.swapcase]),
    st.sampled_from(["", " ", "-", "_", ".", ", ", "\u200b", " og ", "/", "1", "\n"]),
    st.sampled_from(["", "plan ", "bruker:", "K1 ", "(", "team_", "20231231 "]),
    st.sampled_from(["", ".csv", " 2023", "s", " avlasting", ")", "12"]),
    st.booleans(),
    st.integers(1, 500),
)
def test_a_known_name_is_masked_however_it_is_written(
    name: str,
    case: Callable[[str], str],
    joint: str,
    before: str,
    after: str,
    turned: bool,
    rows: int,
) -> None:
    known = KnownNames(HASHES)
    known.add([name])
    words = name.split()[:: -1 if turned else 1]
    text = before + joint.join(map(case, words)) + after
    masked = Masker(HASHES, VOCABULARY, known).label(text, rows)
    letters = "".join(filter(str.isalpha, masked.lower()))
    assert not any(word.lower() in letters for word in words), text


@given(spellings_of(st.just(fnr("1975-06-15", 3))), st.integers(1, 500))
def test_no_masked_text_holds_an_id_in_whatever_spelling(spelling: str, rows: int) -> None:
    masker = Masker(HASHES, VOCABULARY, KnownNames(HASHES))
    planted = fnr("1975-06-15", 3)
    for written in (masker.label(spelling, rows), masker.registration_id(spelling) or ""):
        digits = "".join(
            str(unicodedata.digit(sign))
            for sign in written
            if unicodedata.digit(sign, None) is not None
        )
        assert planted not in digits
        assert len(digits) < 10, "nothing but a key is left"


@pytest.mark.parametrize(
    "cell", ["9" * 32_000, "Kari " * 200_000, "a" * 1_000_000, "a b " * 250_000]
)
def test_a_long_text_is_masked_in_no_time(masker: Masker, cell: str) -> None:
    assert masker.label(cell) != cell
    assert masker.registration_id(cell) is None


def test_known_words_are_kept_as_hashes_only(names: KnownNames) -> None:
    assert "kanarifugl" in names
    assert not any("kanarifugl" in stored for stored in names.hashes)
    again = KnownNames(HASHES, names.hashes)
    assert "kanarifugl" in again
    assert "ukjend" not in again


@pytest.mark.parametrize("rows", [1, 500])
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Åse Bjørgås", "Bj?rg?s"), ("Åse Bjørgå", "Bj?rg?"), ("Bjørg Dal", "Bj?rg?"), ("Åse Bjørgås", "BjÃ¸rgÃ¥s"), ("Åse Bjørgås", "bjoergaas"),
        ("Åse Bjørgås", "Bj\ufffdrg\ufffds"), ("Åse Bjørgås", "https://x.no/p/bj%C3%B8rg%C3%A5s"),
        ("Ola Ødegård", "?deg?rd"), ("Ola Ødegård", "Odegard"), ("Jan Wałęsa", "Walesa"),
        ("Jan Müller", "Mueller"), ("Jan Mueller", "Müller"), ("Jan Groß", "Gross"),
        ("Kari Nordmann", "N0rdmann"), ("Kari Nord", "K4r1"), ("Liv Rona", "R0n4"), ("Kari Nordmann", "Nordmanngruppa"),
        ("Kari Nordmann", "Nordmannsaken"), ("Kari Nordmann", "ɴᴏʀᴅᴍᴀɴɴ"),
        ("Liv Dal", "livdal"), ("Liv Dal", "D-a-l"), ("Liv Dal", "Olavs D.a.l"),
        ("Tor Skog", "SKoG"), ("Ada Moe", "adas tiltak"), ("Per Moe", "pmoe@kommune.no"),
    ],
)  # fmt: skip
def test_a_known_name_is_masked_however_its_letters_are_told(
    name: str, text: str, rows: int
) -> None:
    known = KnownNames(HASHES)
    known.add([name])
    assert Masker(HASHES, VOCABULARY, known).label(text, rows) != text


@pytest.mark.parametrize(
    "text", ["Bj?rg?s", "&#78;&#105;&#108;&#115;", "%4E%69%6C%73", "\\u004e\\u0069\\u006c\\u0073"]
)
def test_a_word_in_codes_is_none_of_the_house(masker: Masker, text: str) -> None:
    assert masker.label(text) != text


@pytest.mark.parametrize(
    "text", ["Nordavdelinga", "Dagsenteret", "Helsehuset", "Avlastingsgruppa", "Sone Dale"]
)
def test_a_word_of_the_trade_that_holds_letters_of_a_name_stays(text: str) -> None:
    known = KnownNames(HASHES)
    known.add(["Ida Dag", "Ali Dal", "Kari Nordmann", "Eva Senter", "Finn Inga", "Jan Hus"])
    assert Masker(HASHES, VOCABULARY, known).label(text, 5) == text


@pytest.mark.parametrize(
    "text",
    [
        "2023-000123",
        "4602-000123",
        "KOORD-2021-17",
        "IP_000123",
        "20210305123456",
        "a3f9c2e1-7b",
        "17",
    ],
)
def test_a_registrations_own_id_stays(masker: Masker, text: str) -> None:
    assert masker.registration_id(text) == text


@pytest.mark.parametrize(
    "text",
    [
        fnr("1990-01-31"),
        fnr("1990-01-31")[1:],
        f"2021-{fnr('1990-01-31')}",
        f"{fnr('1990-01-31')}01",
        "OLAHANSEN1",
        "Kari-1",
        "KariNordmann",
        "Fjodor Kanarifugl 7",
    ],
)
def test_a_registrations_own_id_that_may_name_a_person_goes(masker: Masker, text: str) -> None:
    assert masker.registration_id(text) is None


@given(st.text(max_size=40))
def test_masking_never_fails_and_never_lets_an_id_through(text: str) -> None:
    masker = Masker(HASHES, VOCABULARY, KnownNames(HASHES))
    masker.label(text)
    planted = fnr("1975-06-15", 3)
    assert planted not in masker.label(f"{text}{planted}")
    assert planted not in (masker.registration_id(f"{text}{planted}") or "")


@pytest.mark.parametrize("headers", [("Fornavn", "Etternavn"), ("Given name", "Mors etternamn")])
def test_a_name_is_known_from_columns_that_are_not_stored(
    tmp_path: Path, headers: tuple[str, str]
) -> None:
    made = SmallHome(tmp_path).source("reg", "person").source("tj", "melding")
    row = {"fnr": fnr("1980-05-15"), headers[0]: "Fjodor", headers[1]: "Kanarifugl"}
    made.deliver("reg", "20231231", [row])
    service = {"fnr": fnr("1980-05-15"), "mottatt_dato": "2023-01-01"}
    rows = [{**service, "melding_id": f"T-{n}", "kanal": "Kanarifugl"} for n in range(9)]
    made.deliver("tj", "20231231", rows)
    made.land()
    (landed,) = made.home.landing.rglob("tj/*.parquet")
    assert "Kanarifugl" not in pq.read_table(landed).column("kanal").to_pylist()


def test_the_last_digits_of_an_id_are_masked_in_its_own_row(tmp_path: Path) -> None:
    """The birth date is kept beside them; in another row they are a number like any other."""
    made = SmallHome(tmp_path).source("tj", "melding")
    one, other = fnr("1980-05-15"), fnr("1980-05-15", 1)
    row = {"mottatt_dato": "2023-01-01"}
    rows = [
        {**row, "fnr": person, "melding_id": f"{owner[6:]}", "kanal": f"Nr {owner[6:]}"}
        for person, owner in ((one, one), (other, one))
    ]
    made.deliver("tj", "20231231", rows)
    made.land()
    (landed,) = made.home.landing.rglob("tj/*.parquet")
    table = pq.read_table(landed)
    assert table.column("registration_id").to_pylist() == [None, one[6:]]
    own, another = table.column("kanal").to_pylist()
    assert own.startswith("Xx ##### ~")
    assert another == f"Nr {one[6:]}"


def test_a_name_is_known_to_every_municipality_whose_rows_tell_it(tmp_path: Path) -> None:
    """Also to the file that tells it, and to what lands later under another key."""
    made = SmallHome(tmp_path, municipality="4602")
    made.source("reg", "person").source("tj", "melding", kommune="3203")
    made.source("tj2", "melding", kommune="4602")
    row = {"fnr": fnr("1980-05-15"), "navn": "Fjodor Kanarifugl", "kommune": "3203"}
    made.deliver("reg", "20231231", [row])
    service = {"fnr": fnr("1980-05-15"), "mottatt_dato": "2023-01-01"}
    for source in ("tj", "tj2"):
        rows = [{**service, "melding_id": f"T-{n}", "kanal": "Kanarifugl"} for n in range(9)]
        made.deliver(source, "20231231", rows)
    made.land()
    for source in ("tj", "tj2"):
        (landed,) = made.home.landing.rglob(f"{source}/*.parquet")
        assert "Kanarifugl" not in pq.read_table(landed).column("kanal").to_pylist()
