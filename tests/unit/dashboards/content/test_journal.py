"""The public journal on the page of notices: a sentence, months, and nothing where there is none."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from dagster_project.config.paths import Home
from dagster_project.publication.reader.publication import current_publication
from dashboards.content import journal, notices
from dashboards.content.labels import Labels
from dashboards.i18n.texts import NO_BREAK_SPACE, Language, Texts
from dashboards.queries.followup import JournalMonth
from dashboards.view.state import View
from tests.support import publication as made
from tests.support.publication import AS_OF, LARGE


@pytest.fixture(name="home", autouse=True)
def _home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("SAMORDNA_HOME", str(made.standing_home()))
    yield made.standing_home()


def _figures(language: Language) -> notices.NoticeFigures:
    labels = Labels(current_publication(Home(made.standing_home())), Texts(language))
    view = View(language, LARGE, AS_OF, "coordinator_coverage", "standard")
    return notices.gather(labels, view)


def _months(*counts: tuple[str, int, int]) -> tuple[JournalMonth, ...]:
    return tuple(
        JournalMonth(dt.date.fromisoformat(day), journaled, registered, max(journaled - registered, 0))
        for day, journaled, registered in counts
    )  # fmt: skip


def test_where_no_journal_is_delivered_the_page_says_nothing_of_it() -> None:
    assert list(journal.sections(_figures(Language.NB))) == []


@pytest.mark.parametrize(
    ("language", "fewer", "alike"),
    [
        (Language.NB, "Registeret har 2 færre enn postjournalen.", "Registeret har minst like mange"),
        (Language.NN, "Registeret har 2 færre enn postjournalen.", "Registeret har minst like mange"),
        (Language.EN, "The register has 2 fewer than the journal.", "The register has at least as many"),
    ],
)  # fmt: skip
def test_the_sentence_is_of_the_year_and_not_of_a_month(
    monkeypatch: pytest.MonkeyPatch, language: Language, fewer: str, alike: str
) -> None:
    year, month = AS_OF.year, AS_OF.month
    first = f"{year - 1}-{month % 12 + 1:02}-01" if month < 12 else f"{year}-01-01"
    this = f"{year}-{month:02}-01"
    before, after = "2010-01-01", "2090-01-01"

    def section(*counts: tuple[str, int, int]) -> tuple[str, tuple[tuple[object, ...], ...]]:
        monkeypatch.setattr(journal.followup, "journal_months", lambda *_: _months(*counts))
        _, shown = journal.sections(_figures(language))
        assert shown.table is not None
        return shown.remarks[0].replace(NO_BREAK_SPACE, " "), tuple(shown.table.rows)

    # What came in one month and was journaled in the next is missing nowhere.
    said, rows = section((before, 9, 0), (first, 1, 3), (this, 5, 3), (after, 9, 0))
    assert alike in said
    assert [row[1:] for row in rows] == [(1, 3, 0), (5, 3, 2)]
    said, _ = section((first, 3, 3), (this, 5, 3))
    assert fewer in said
