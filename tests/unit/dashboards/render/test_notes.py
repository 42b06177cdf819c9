"""What is shown and taken along: each thing notes exactly what it is of, and all of it is words."""

import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from dashboards.charts.colours import LIGHT
from dashboards.content.section import Section
from dashboards.content.shared import Picture
from dashboards.export.downloads import Notes, as_csv, as_xlsx
from dashboards.export.table import Table, written
from dashboards.i18n.texts import Language, Texts, load_locale
from dashboards.pages import PageKey
from dashboards.render import elements
from dashboards.render.document import as_document
from dashboards.render.page import Page
from tests.support import publication as made
from tests.support.opened_page import OpenedPage, open_page
from tests.support.publication import LARGE, MIDDLE, SMALL

# Chosen on every page, whether it has such a filter or not: a reader goes from page to page.
CHOSEN: dict[str, str | list[str]] = {
    "municipality": MIDDLE,
    "date": "2025-11-30",
    "indicator": "coordinator_coverage",
    "age": "0-17",
    "area": "school",
    "compare": [LARGE, SMALL],
    "rule": "unknown_value",
}
HERE, THEN = "Kommune: Senja", "Telledato: 30.11.2025"
WHAT = "Indikator: Koordinatordekning"
AGES = "Aldersinndeling: Standard (0-17 til 90+)"
GROUP = ["Aldersgruppe: 0-17", "Tjenesteområde: Skole og SFO"]
BESIDE = "Sammenlign med: Asker, Suldal"
RULE = "Regel: Ukjent verdi i et kodefelt"
ON_A_DATE = [HERE, THEN]
OF_ALL_GROUPS = [HERE, THEN, WHAT, AGES]
OF_A_GROUP = [*OF_ALL_GROUPS, *GROUP]
ONE, BESIDE_IT = "Gerica, leveranser", "pakker som de har delt (2), med beskyttede tall"
# Of packages alone, of everybody who has shared.
OF_PACKAGES = [
    "Kommune: Senja",
    "Telledato: 30.11.2025",
    "Indikator: Koordinatordekning",
    "Aldersgruppe: Alle aldre",
    "Tjenesteområde: Alle områder",
    "Sammenlign med: Alle kommuner som har delt",
]

# For each page what every picture and file is filtered by.
FILTERS = {
    "leader": {"overview": ON_A_DATE, "changes": ON_A_DATE},
    "analyst": dict.fromkeys(
        ("shared_funnel", "shared_intervals", "shared_table", "shared_apart"), OF_PACKAGES
    ),
    "steward": {
        "steward_broken": [HERE],
        "steward_new": [HERE],
        "steward_changes": ON_A_DATE,
    },
    PageKey.COVERAGE: {
        "groups": OF_ALL_GROUPS,
        "coverage": OF_ALL_GROUPS,
        "series": [*OF_A_GROUP, BESIDE],
        "unmet": OF_A_GROUP,
        "unmet_groups": [*ON_A_DATE, WHAT],
    },
    PageKey.DEVELOPMENT: {
        "development": [*OF_A_GROUP, BESIDE],
        "months": OF_A_GROUP,
        "year": [*OF_ALL_GROUPS, GROUP[1]],
        "years": OF_A_GROUP,
    },
    PageKey.COORDINATORS: {
        "loads": ON_A_DATE,
        "load_areas": ON_A_DATE,
        "departed": ON_A_DATE,
        "changes": [*ON_A_DATE, BESIDE],
        "training": [*ON_A_DATE, BESIDE],
        "coordinated": ON_A_DATE,
        "trained": ON_A_DATE,
        "training_topics": ON_A_DATE,
    },
    PageKey.PLANS: {
        "together": ON_A_DATE,
        "plan_ages": ON_A_DATE,
        "living": [*ON_A_DATE, BESIDE],
        "not_active": ON_A_DATE,
    },
    PageKey.MEETINGS: {
        "meetings_without": [*ON_A_DATE, "Indikator: Møte siste 12 måneder", AGES],
        "meetings_types": ON_A_DATE,
        "meetings_forms": ON_A_DATE,
        "meetings_gp": ON_A_DATE,
        "meetings_participants": ON_A_DATE,
        "meetings_each": ON_A_DATE,
        "teams": ON_A_DATE,
    },
    PageKey.NOTICES: {
        "notices_flow": ON_A_DATE,
        "notices_ways": ON_A_DATE,
        "notices_curve": ON_A_DATE,
        "notices_days": ON_A_DATE,
        "notices_senders": ON_A_DATE,
        "notices_channels": ON_A_DATE,
    },
    PageKey.HOUSING: {
        "housing_needs": ON_A_DATE,
        "housing_types": ON_A_DATE,
        "housing_turning18": ON_A_DATE,
        "housing_turning16": ON_A_DATE,
    },
    PageKey.QUALITY: {
        "deliveries": [HERE],
        "stacked_sources": [HERE],
        "reconciliation": [HERE],
        "findings": [HERE],
        "rules": [HERE],
        "rows": [HERE, RULE],
        "checks": [HERE],
        "grades": ON_A_DATE,
        "pairs_reported": [HERE, "Telledato: 15.11.2025"],
        "reported": [HERE, "Telledato: 15.11.2025"],
    },
    PageKey.REGISTRATION: {
        "steps_coordinator": OF_A_GROUP,
        "steps_target_group": OF_A_GROUP,
        "deliveries": [HERE, WHAT],
        "rules": [HERE, WHAT],
        "rows": [HERE, WHAT, RULE],
        "checks": [HERE, WHAT],
    },
    # The last 31 December up to the chosen date.
    PageKey.NATIONAL_REGISTER: {
        f"register_{part}": [HERE, "Telledato: 31.12.2024"]
        for part in (
            "numbers",
            "shares",
            "kostra_plan_users",
            "kpr_plan_share",
            "kpr_coordinator_share",
            "findings",
        )
    },
}


@dataclass
class Shown:
    """What one look at a page showed and offered, by its keys."""

    notes: dict[str, list[Notes]] = field(default_factory=dict)
    tables: dict[str, Table] = field(default_factory=dict)
    pictures: dict[str, Picture] = field(default_factory=dict)
    opened: OpenedPage | None = None


Look = Callable[[str, Language], Shown]


@pytest.fixture(name="look")
def _look(monkeypatch: pytest.MonkeyPatch) -> Iterator[Look]:
    monkeypatch.setenv("SAMORDNA_HOME", str(made.standing_home()))
    offer = elements.about

    def look(page: str, language: Language = Language.NB) -> Shown:
        shown = Shown()

        def about(on: Page, section: Section) -> None:
            assert section.notes
            name = section.files or section.key
            if section.picture:
                shown.notes.setdefault(section.key, []).append(section.notes)
                shown.pictures[section.key] = section.picture
            if section.table:
                shown.notes.setdefault(name, []).append(section.notes)
                shown.tables[name] = section.whole() if section.whole else section.table
            offer(on, section)

        monkeypatch.setattr(elements, "about", about)
        of_role = {} if page in set(PageKey) else {"role": page}
        key = PageKey.FRONT if of_role else page
        shown.opened = open_page(key, **CHOSEN, **of_role, lang=str(language))
        return shown

    yield look


@pytest.mark.parametrize("page", FILTERS)
def test_every_picture_and_file_notes_what_it_is_of(page: str, look: Look) -> None:
    shown = look(page, Language.NB)
    assert {key: notes[0].filters.split("; ") for key, notes in shown.notes.items()} == FILTERS[
        page
    ]
    for key, all_notes in shown.notes.items():
        # A picture and its file are of the same.
        assert len({(notes.filters, notes.source) for notes in all_notes}) == 1
        notes = all_notes[0]
        named = {name for name, _ in notes.sources_by_municipality}
        if page == "analyst":
            assert "pakke" in notes.source.lower()
            assert len(named) >= 4
        else:
            is_beside = BESIDE in FILTERS[page][key]
            assert notes.source.startswith(ONE), key
            assert notes.source.endswith(BESIDE_IT) == is_beside, key
            assert named == ({"Asker", "Senja", "Suldal"} if is_beside else set())
        # What is of no date does not say that it is of one.
        assert bool(notes.reference_date) == ("Telledato" in notes.filters)
        assert notes.reference_date in notes.filters


def test_files_carry_the_selection_and_the_sources_of_all_who_are_compared(look: Look) -> None:
    texts = Texts(Language.NB)
    shown = look(PageKey.COVERAGE, Language.NB)
    for key, filters in FILTERS[PageKey.COVERAGE].items():
        if key not in shown.tables:
            continue
        table, notes = shown.tables[key], shown.notes[key][0]
        rows = csv.reader(
            io.StringIO(as_csv(table, notes, texts).decode("utf-8-sig")), delimiter=";"
        )
        heading, first, *_ = list(rows)
        assert first[heading.index("Utvalg")] == "; ".join(filters)
        book = CalamineWorkbook.from_filelike(io.BytesIO(as_xlsx(table, notes, texts)))
        about = dict(row[:2] for row in book.get_sheet_by_name("Om tallene").to_python())
        assert about["Utvalg"] == "; ".join(filters)
        assert ("Kilde, Suldal" in about) == (key == "series")
        if key == "series":
            assert about["Kilde, Senja"].startswith("Gerica, leveranser")
            assert "desember 2025" in about["Kilde, Suldal"]
            assert about["Sammenlignbarhet"].startswith("Sammenlignbarhet")
    groups, series = shown.pictures["groups"], shown.pictures["series"]
    drawn = [
        Section(picture=groups, notes=shown.notes["groups"][0]),
        Section(picture=series, notes=shown.notes["series"][0]),
    ]
    document = as_document("Dekning", "Senja", drawn, texts)
    sections = re.findall(r'<section class="picture".*?</section>', document, re.DOTALL)
    assert [BESIDE in section for section in sections] == [False, True]
    assert [GROUP[0] in section for section in sections] == [False, True]


# Escapes and placeholders that nobody filled, markup that nothing turned into type.
_CODE = re.compile(r"[\\{}`]|\*\*|\b(nan|NaN|NaT|True|False)\b|&(amp|lt|gt|quot|nbsp);|\(\)")
_TAGS = re.compile(r"</?(b|br|i|a|span)\b[^>]*>")


def _strings(value: Any) -> Iterator[str]:
    """Return every text that a figure shows."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            if key in (
                "text",
                "hovertext",
                "ticktext",
                "name",
                "title",
                "annotations",
                "data",
            ) or isinstance(inner, dict):
                yield from _strings(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _strings(inner)


def _everything(shown: Shown, texts: Texts) -> Iterator[str]:
    """Return every text that a page shows or gives along."""
    assert shown.opened is not None
    html = re.sub(r"<(script|style)>.*?</\1>", "", shown.opened.html, flags=re.DOTALL)
    yield from (unescape(each) for each in re.findall(r">([^<]+)<", html))
    for kind in (
        "selectbox",
        "multiselect",
        "button",
        "text_input",
        "expander",
        "title",
        "caption",
    ):
        for widget in shown.opened.app.get(kind):
            label = str(getattr(widget, "label", None) or getattr(widget, "value", ""))
            yield re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", label)
    for picture in shown.pictures.values():
        yield from (picture.title, picture.subtitle, picture.description, *picture.remarks)
        yield from _strings(picture.draw(LIGHT).to_plotly_json())
    for table in shown.tables.values():
        yield from (column.heading for column in table.columns)
        for row in table.all_rows:
            for value, column in zip(row, table.columns, strict=True):
                yield written(value, column.kind, texts)
    for all_notes in shown.notes.values():
        for notes in all_notes:
            yield from (text for entry in notes.entries(texts) for text in entry)


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("page", FILTERS)
def test_no_code_is_seen_on_any_page(page: str, language: Language, look: Look) -> None:
    shown = look(page, language)
    told = [_TAGS.sub("", each) for each in _everything(shown, Texts(language))]
    assert len(told) > 60
    assert [each for each in told if _CODE.search(each) or each.strip() == "None"] == []
    if language is not Language.EN:
        assert [each for each in told if re.search(r"\bNone\b", each)] == []


@pytest.mark.parametrize("language", list(Language))
def test_no_text_holds_an_escape_or_markup(language: Language) -> None:
    filled = {key: re.sub(r"\{\w+\}", "0", text) for key, text in load_locale(language).items()}
    seen = {key: _TAGS.sub("", text) for key, text in filled.items()}
    assert {key: text for key, text in seen.items() if _CODE.search(text)} == {}
    assert {key: text for key, text in seen.items() if re.search(r"[<>_]", text)} == {}
