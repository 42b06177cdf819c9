"""What a report is of, and how its blocks are made of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from dagster_project.planning.store import KeptScenario
from dashboards.content.page_data import PageData
from dashboards.export.table import Table, Value, sign_in_words
from dashboards.i18n.texts import Sign
from dashboards.report import drawing
from dashboards.report.blocks import Chart, Edition, Grid, Paragraph, Style
from dashboards.report.drawing import Bar
from dashboards.report.memory import Remembered
from dashboards.report.small_numbers import Place, is_few, protected, without_few, without_shares


@dataclass(frozen=True)
class Subject(PageData):
    """One publication, seen from a municipality on a date, and for whom it is told.

    `scenario` is None where none was chosen, `before` what the report of the year before said.
    """

    edition: Edition
    scenario: KeptScenario | None
    before: Remembered | None

    @property
    def is_public(self) -> bool:
        """Whether counts of few persons are left out."""
        return self.edition is Edition.PUBLIC

    def say(
        self,
        *sentences: str | None,
        style: Style = Style.PLAIN,
        of_groups: bool = False,
        of_persons: bool = True,
    ) -> Iterator[Paragraph]:
        """Yield a paragraph of sentences, those that may be told.

        `of_groups` says that they tell of age groups or areas by name, `of_persons` is false where
        what they count is nobody.
        """
        text = " ".join(each for each in sentences if each)
        if self.is_public and of_groups:
            text = without_shares(text)
        if self.is_public and of_persons:
            text = without_few(text)
        if text:
            yield Paragraph(text, style)

    def grid(
        self,
        table: Table,
        persons: Sequence[int] | None = None,
        *,
        sums: Sequence[tuple[int, Sequence[int]]] = (),
        shares: Sequence[tuple[int, int]] = (),
        also: Collection[Place] = (),
    ) -> Iterator[Grid | Paragraph]:
        """Yield a table, and what its signs mean; one without rows is left out."""
        if table.rows:
            yield from self.shown(self.protect(table, persons, sums=sums, shares=shares, also=also))

    def protect(
        self,
        table: Table,
        persons: Sequence[int] | None = None,
        *,
        sums: Sequence[tuple[int, Sequence[int]]] = (),
        shares: Sequence[tuple[int, int]] = (),
        also: Collection[Place] = (),
    ) -> Table:
        """Return a table as this edition has it."""
        if not self.is_public:
            return table
        return protected(table, persons, sums=sums, shares=shares, also=also)

    def shown(self, table: Table) -> Iterator[Grid | Paragraph]:
        """Yield a table that is protected already, and what its signs mean."""
        yield Grid(table)
        signs = sorted({each for row in table.all_rows for each in row if isinstance(each, Sign)})
        if signs:
            told = [
                self.texts("sign.explained", sign=str(sign), words=sign_in_words(sign, self.texts))
                for sign in signs
            ]
            yield Paragraph(" ".join(told), Style.NOTE)

    def chart(
        self, key: str, title: str, subtitle: str, svg: str, spoken: Sequence[str]
    ) -> Iterator[Chart]:
        """Yield a drawing by its finding; `spoken` is what stands in it."""
        if self.is_public:
            title = without_few(title)
        alternative = f"{subtitle}. {title} {'; '.join(spoken)}".strip()
        yield Chart(key, title, subtitle, svg, alternative)

    def bars(self, key: str, title: str, subtitle: str, shown: Sequence[Bar]) -> Iterator[Chart]:
        """Yield a drawing of counts, a bar each."""
        spoken = [f"{each.label}: {each.text}" for each in shown]
        yield from self.chart(key, title, subtitle, drawing.bars(shown, self.whole), spoken)

    def count(self, count: int, of: int | None = None) -> str:
        """Return a count as it may be written."""
        if self.is_public and is_few(count, of):
            return self.texts("report.few") if is_few(count) else str(Sign.SUPPRESSED)
        return self.texts.whole(count)

    def bar_of(self, label: Value, value: Value, *, faint: bool = False) -> Bar:
        """Return a bar of a count as a table has it; one that is hidden has no length."""
        if isinstance(value, int):
            return Bar(str(label), float(value), self.texts.whole(value), faint=faint)
        return Bar(str(label), None, str(value))

    def whole(self, value: float) -> str:
        """Return a count as it stands on an axis: none but whole ones."""
        return self.texts.whole(int(value)) if float(value).is_integer() else ""

    def hides(self, count: float, of: float | None = None) -> bool:
        """Whether a count may not be drawn."""
        return self.is_public and is_few(count, of)
