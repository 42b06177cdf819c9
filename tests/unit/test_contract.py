"""The contract as it was agreed, word by word: record types, columns, headers, values."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from dagster_project.contract import (
    RECORD_TYPES,
    RECORDS,
    code_list,
    read_records,
    read_vocabulary,
)
from dagster_project.landing.columns import HeaderMatcher
from dagster_project.landing.table import Sheet
from dagster_project.problems import SamordnaError
from dagster_project.reference import SEEDS
from tests.fuzz.exports import columns_of, every_header

VOCABULARY = read_vocabulary(SEEDS)
_ROW = re.compile(r"^\| (.*) \|$", re.MULTILINE)
_NAMED = re.compile(r"`(\w+)`(\*?)")


# Headers of columns that were agreed without them.
_SINCE = {
    *(("tema", header) for header in ("kurs", "kursnavn", "kursnamn", "emne")),
    *(
        ("gjennomfort_dato", h)
        for h in ("gjennomført", "fullført", "fullført dato", "dato fullført")
    ),
    *(("navn", h) for h in ("deltaker", "deltakar", "kursdeltaker", "ansatt", "tilsett")),
}


@pytest.fixture(scope="module")
def agreed(shared: Path) -> str:
    return (shared / "contracts.md").read_text(encoding="utf-8")


def rows_below(text: str, heading: str) -> list[list[str]]:
    """Return the cells of the first table below a line that begins so."""
    after = text[text.index(heading) :].splitlines()
    first = next(at for at, line in enumerate(after) if line.startswith("|"))
    table = []
    for line in after[first:]:
        if not line.startswith("|"):
            break
        table.append([cell.strip() for cell in line.strip("|").split(" | ")])
    return table[2:]


@pytest.mark.parametrize(("record", "column", "header"), every_header())
@pytest.mark.parametrize("form", [str, str.upper, lambda text: f" {text.replace(' ', chr(10))}: "])
def test_every_header_names_its_column(
    record: str, column: str, header: str, form: Callable[[str], str]
) -> None:
    one_of = RECORD_TYPES[record].one_of
    needed = [name for name, required, _ in columns_of(record) if required or name == "fnr"]
    needed += [] if column in one_of else one_of[:1]
    headers = [*[name for name in needed if name != column], form(header)]
    mapped = HeaderMatcher(RECORD_TYPES[record], {}).map(
        Sheet([headers, ["x"] * (len(headers) - 1) + ["here"]], [1, 2])
    )
    assert mapped.columns[column] == ["here"]


def test_record_types_and_columns_are_those_agreed(agreed: str) -> None:
    rows = {row[0].strip("`"): row[2] for row in rows_below(agreed, "## Record types")}
    rows["framskriving"] = rows["befolkning"]
    # What has come since stands in its file alone.
    assert rows.keys() <= RECORD_TYPES.keys()
    for record, listed in rows.items():
        # What no figure needs is known and not taken in.
        columns = [
            (name, bool(star))
            for name, star in _NAMED.findall(listed)
            if name not in RECORD_TYPES[record].not_taken
        ]
        # Where one of several columns is needed, the first of them was agreed.
        one_of = RECORD_TYPES[record].one_of[:1]
        ours = [
            (c.name, c.required or c.name in one_of)
            for c in RECORD_TYPES[record].columns
            if c.name != "kommune"
        ]
        since = [column for column in ours if column not in columns]
        assert [column for column in ours if column in columns] == columns, record
        # What has come since may be left out.
        assert not any(required for _, required in since), record


def test_every_header_agreed_is_tried(agreed: str) -> None:
    """The table of headers above holds what was agreed, and nothing else but units."""
    listed = {
        (name.strip("`"), alias.strip())
        for name, aliases in rows_below(agreed, "| column | aliases |")
        for alias in aliases.split(",")
    }
    tried = {(column, header) for _, column, header in every_header() if column != header}
    known = {pair for pair in tried if not re.search(r"[(\[]", pair[1])}
    # What has come since is of course lists and the public journal.
    named = set(_NAMED.findall(agreed))
    since = {pair for pair in known if (pair[0], "") not in named and (pair[0], "*") not in named}
    assert {pair for pair in known - since - _SINCE if pair[0] != "tjenestekode"} == listed
    assert known >= _SINCE


def test_every_value_agreed_is_accepted(agreed: str) -> None:
    field, count = "", 0
    for row in rows_below(agreed, "| field | canonical | accepted |"):
        field = next(iter(re.findall(r"`(\w+)`", row[0])), field)
        canonical = re.findall(r"`(\w+)`", row[1])
        parts = row[2].split(" / ") if len(canonical) > 1 else [row[2]]
        assert len(parts) == len(canonical), row
        for meant, accepted in zip(canonical, parts, strict=True):
            for value in accepted.replace("(and empty)", "").split(","):
                # A number is read by a code list that is declared, where the field has none.
                declared = "samordna_ip" if field == "status" and value.strip().isdigit() else None
                for form in (value, value.upper(), f"  {value}\n"):
                    assert VOCABULARY.canonical(field, form, declared) == meant, (field, value)
                    if declared:
                        assert VOCABULARY.canonical(field, form) is None
                count += 1
            assert VOCABULARY.canonical(field, meant) == meant
    assert count > 180


def test_every_service_area_agreed_is_accepted(agreed: str) -> None:
    for canonical, _sector, accepted in rows_below(agreed, "| canonical | sector | accepted |"):
        for value in accepted.split(","):
            # `hjemmetjeneste(r)` are two words.
            for word in {re.sub(r"\((\w)\)", "", value), re.sub(r"\((\w)\)", r"\1", value)}:
                for column in ("tjenesteomrade", "koordinator_tjeneste"):
                    meant = VOCABULARY.canonical(code_list(column), word)
                    assert meant == canonical.strip("`"), word


def test_every_name_that_is_no_name_is_known(agreed: str) -> None:
    sentence = re.search(r"A coordinator's name that is no name \((.*?)\)", agreed, re.DOTALL)
    assert sentence
    words = re.findall(r"`([^`]+)`", sentence[1])
    assert len(words) == 9
    for word in words:
        for form in (word, word.upper(), f" {word} "):
            found = VOCABULARY.canonical("koordinator_navn", form)
            assert found == "awaiting_appointment", word


OFFICIAL = {
    "active": "virksom Verksam foreligger ligg_føre Godkjent godkjend gjeldende gjeldande gyldig løpende har_individuell_plan",
    "in_preparation": "under_arbeid foreløpig førebels kladd under_planlegging",
    "in_assessment": "vurderes vert_vurdert vurderast til_vurdering",
    "none": "ikke_aktuell Ikkje_aktuell foreligger_ikke ligg_ikkje_føre ikke_relevant",
    "closed": "avbrutt avbroten Erstattet_av_ny erstatta_av_ny opphørt opphøyrt ikke_virksom ikkje_verksam historisk utgått",
    "declined": "takket_nei ønsker_ikke_ip ønskjer_ikkje_ip takka_nei_til_ip",
}  # fmt: skip


@pytest.mark.parametrize("meant", OFFICIAL)
def test_official_words_of_a_plans_status_are_read(meant: str) -> None:
    for word in OFFICIAL[meant].split():
        for form in (word, word.upper()):
            assert VOCABULARY.canonical("status", form.replace("_", " ")) == meant, word


@pytest.mark.parametrize(
    "title",
    [
        "Kontaktlege",
        "samhandlingskoordinator",
        "Samhandlingskoord.",
        "betringskoordinator",
        "bedringskoordinator",
        "Palliativ koordinator",
        "palliasjonskoordinator",
        "Støttekontakt for koordinator",
        "støttekontakt for koordinatorar",
        "leiar koordinerande eining",
        "Kreftkoord.",
    ],
)
def test_titles_that_are_no_coordinators_are_known(title: str) -> None:
    meant = VOCABULARY.canonical("rolle", title)
    assert meant in ("specialist_coordinator", "system_coordinator")


def test_a_number_is_read_by_no_other_list_than_the_declared() -> None:
    for declared, meant in (
        (None, None),
        ("bufdir_ip", "in_assessment"),
        ("samordna_ip", "closed"),
        ("kostra_11f", None),
    ):
        for form in ("3", "03", "3.0", " 3 "):
            assert VOCABULARY.canonical("status", form, declared) == meant
    assert VOCABULARY.canonical("kjonn", "2") == "female"
    assert VOCABULARY.canonical("samtykke", "1") == "yes"
    assert VOCABULARY.canonical("samtykke", "2") is None
    assert VOCABULARY.canonical("samtykke", "0", "ja_nei_1_2") is None


def test_what_is_not_listed_means_nothing() -> None:
    for field in VOCABULARY.words:
        assert VOCABULARY.canonical(field, "noe helt annet") is None


@pytest.fixture
def records(tmp_path: Path) -> Path:
    """Return a copy of the folder of the record types, to be spoilt."""
    return Path(shutil.copytree(RECORDS, tmp_path / "records"))


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("bolig", "grain:", "grian:", "bolig.yml, grain: Field required"),
        ("bolig", "model: housing_need", "model: housing_need\nwhat: 1", "bolig.yml, what: Extra"),
        ("bolig", "english: type of home, ", "", "bolig.yml, columns.boligtype.english: neither"),
        ("bolig", "kind: label", "kind: lable", "bolig.yml, columns.boligtype.kind: Input"),
        ("bolig", "kind: label, ", "", "bolig.yml, columns.boligtype.kind: neither here nor in"),
        ("bolig", "kind: label", "kind: label, must: true", "columns.boligtype.must: Extra"),
        ("bolig", "[fnr, meldt_dato]", "[fnr, meldt]", "bolig.yml, key: 'meldt' is no column"),
        ("bolig", "[boligtype, heldogn]", "[bolig]", "bolig.yml, compared: 'bolig' is no column"),
        ("bolig", "day: reported_on\n", "", "bolig.yml, day: there is neither"),
        ("bolig", "    holds: true\n", "    held: true\n", "bolig.yml, checks.0.held: Extra"),
        ("bolig", "around_the_clock}", "around_the_clock", "bolig.yml, -: not valid YAML"),
        ("framskriving", "befolkning", "folketall", "framskriving.yml, like: there is no record"),
        ("_columns", "{kind: person_id", "{kinds: person_id", "_columns.yml, fnr.kinds: Extra"),
        ("ip", "  samtykke:", "  samtykke: {codes: ja}", "ip.yml, columns.samtykke.codes: another"),
    ],
)
def test_what_is_wrong_with_a_record_type_is_told_with_its_file_and_key(
    records: Path, file: str, old: str, new: str, told: str
) -> None:
    path = records / f"{file}.yml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(SamordnaError) as error:
        read_records(records)
    assert f"seeds/records/{file}.yml" in str(error.value)
    assert told in str(error.value)


def test_a_record_type_that_is_like_another_has_what_it_says_and_its_own() -> None:
    population, projection = RECORD_TYPES["befolkning"], RECORD_TYPES["framskriving"]
    assert projection.columns == population.columns
    assert projection.whole_country
    assert projection.checks[: len(population.checks)] == population.checks
    assert projection.grain != population.grain
