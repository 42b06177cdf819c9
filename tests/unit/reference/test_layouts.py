"""What the layouts say of the authorities' files, held against the contract and the code lists."""

from __future__ import annotations

from pathlib import Path

import pytest

from dagster_project.contract import RECORD_TYPES
from dagster_project.problems import SamordnaError
from dagster_project.reference.layouts import (
    ANYTHING,
    LAYOUTS,
    FixedWidth,
    NestedXml,
    layouts,
    matches,
    read_layout,
)
from dagster_project.reference.vocabulary import vocabulary
from tests.support.official_files import PLACES_11F

FORMS = sorted(layouts())


@pytest.mark.parametrize("form", FORMS)
def test_a_layout_makes_columns_and_words_that_there_are(form: str) -> None:
    layout = layouts()[form]
    for record in layout.holds:
        columns = {column.name: column for column in RECORD_TYPES[record].columns}
        rows = layout.rows[record]
        made = rows if isinstance(layout, FixedWidth) else rows.cells
        assert set(made) <= set(columns), form
        assert {name for name, column in columns.items() if column.required} <= set(made)
    for column, words in layout.values.items():
        for word in words.values():
            assert vocabulary().canonical(column, word), (column, word)


def test_11f_lies_where_the_descriptions_of_each_year_say() -> None:
    layout = layouts()["kostra_11f"]
    assert isinstance(layout, FixedWidth)
    names = {
        "municipality": "kommune", "version": "aar", "journal": "journal", "person": "fnr", "sex": "kjonn",
        "plan": "plan", "born": "fodt",
    }  # fmt: skip
    for year, described in PLACES_11F.items():
        places = layout.of_year(year)
        assert places is not None and not places.assumed
        assert places.length == described["length"]
        assert {names[f]: tuple(at) for f, at in places.fields.items()}.items() <= described.items()
    assumed = {year for places in layout.layouts if places.assumed for year in places.years}
    assert assumed == set(layout.years) - PLACES_11F.keys()


def test_a_code_of_a_form_is_a_word_of_ours() -> None:
    forms = layouts()
    assert forms["kostra_11f"].word("status", "2") == "nei"
    assert forms["digibarnevern"].word("status", "3") == "vurderes"
    assert forms["kostra_15f"].word("status", "") == "aktiv"
    assert forms["kostra_15f"].word("status", "2024-01-01") == "avsluttet"
    # What the form does not have stays as it is, and is held by those who read it.
    assert forms["digibarnevern"].word("status", "7") == "7"
    assert forms["kostra_11f"].word("fnr", ANYTHING) == ANYTHING


def test_a_namespace_is_known_with_its_version() -> None:
    layout = layouts()["digibarnevern"]
    assert isinstance(layout, NestedXml)
    known = "https://Bufdir.no/Barnevern/Henvisning/Fosterhjem_v1.0.0"
    assert matches(known, layout.namespaces)
    for other in ("", known + "0", known.replace(".no", "xno"), known.replace("1.0.0", "1.1.0")):
        assert not matches(other, layout.namespaces)


@pytest.mark.parametrize(
    ("before", "after", "key", "reason"),
    [
        ("kind: fixed_width", "kind: punch_card", "-", "does not match any of the expected tags"),
        ("sex: [42, 1], ", "", "yml, -", "no field ['sex']"),
        ("length: 338", "length: 200", "yml, -", "a field lies beyond the line"),
        ("holds: [ip]", "holds: [ip, mote]", "rows", "not the record types that `holds` names"),
        ("answer: plan", "answers: plan", "yml, answer:", "Field required"),
    ],
)
def test_a_layout_that_is_not_one_is_refused_by_file_and_key(
    tmp_path: Path, before: str, after: str, key: str, reason: str
) -> None:
    text = (LAYOUTS / "kostra_11f.yml").read_text(encoding="utf-8")
    assert before in text
    file = tmp_path / "kostra_11f.yml"
    file.write_text(text.replace(before, after), encoding="utf-8")
    with pytest.raises(SamordnaError) as refused:
        read_layout(file)
    assert "seeds/layouts/kostra_11f.yml" in str(refused.value)
    assert key in str(refused.value)
    assert reason in str(refused.value)
