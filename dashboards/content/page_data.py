"""What a page is made of: the names of one publication, and the reader's view of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from dagster_project.publication.reader.reference import Indicator, Kind
from dashboards.charts.bars import Bar, Part, bars
from dashboards.charts.colours import Palette
from dashboards.content import columns
from dashboards.content.labels import Labels
from dashboards.content.section import NoFigure
from dashboards.content.shared import ON_A_DATE, Picture, notes_of, place_and_date
from dashboards.export.downloads import Notes
from dashboards.i18n.texts import Texts
from dashboards.view.state import Parameter, View


@dataclass(frozen=True)
class PageData:
    """Everything that a part of a page shows, read at once from one publication."""

    labels: Labels
    view: View

    @property
    def texts(self) -> Texts:
        """The texts in the reader's language."""
        return self.labels.texts

    @property
    def where(self) -> str:
        """The place and the date: `Asker, 31. desember 2025`."""
        return place_and_date(self.labels, self.view)

    def text(self, key: str, **values: object) -> str:
        """Return a text; each may name the view's place, date and indicator without being given."""
        labels, view = self.labels, self.view
        usual = {
            "where": self.where,
            "municipality": labels.municipality(view.municipality),
            "date": view.reference_date,
            "indicator": labels.indicator(view.indicator),
        }
        return labels.texts(key, **(usual | values))

    def absence(self, key: str, **values: object) -> NoFigure:
        """Return why there is no figure."""
        return NoFigure(self.text(key, **values))

    def picture(
        self,
        title: str,
        subtitle: str,
        draw: Callable[[Palette], go.Figure],
        *remarks: str | None,
        see: str = "picture.see_table",
        chooses: tuple[Parameter, ...] = (),
    ) -> Picture:
        """Return a picture by its finding; `see` is the text that says where its figures stand."""
        return Picture(
            title, subtitle, draw, self.texts(see), tuple(filter(None, remarks)), chooses=chooses
        )

    def picture_of_bars(
        self,
        title: str,
        subtitle: str,
        parts: Mapping[str, float],
        shown: Sequence[Bar],
        *remarks: str | None,
        as_wholes: bool = False,
    ) -> Picture:
        """Return a picture of bars; `parts` are the names of theirs, and how dark each is."""
        drawn = [Part(name, darkness) for name, darkness in parts.items()]

        def draw(palette: Palette) -> go.Figure:
            return bars(palette, drawn, shown, as_wholes=as_wholes)

        return self.picture(title, subtitle, draw, *remarks)

    def bar(
        self,
        label: str,
        values: Sequence[int],
        hover: str | Sequence[str],
        *,
        text: str = "",
        **marks: Any,
    ) -> Bar:
        """Return a bar by its name, `text` its whole; numbers stand in its parts if it has any.

        `hover` is what is said of all of its parts, or of each.
        """
        whole = self.texts.whole
        hovers = [hover] * len(values) if isinstance(hover, str) else hover
        return Bar(
            label=label,
            text=text or whole(sum(values)),
            values=values,
            texts=[whole(value) if value and len(values) > 1 else "" for value in values],
            hovers=[f"<b>{label}</b><br>{each}" for each in hovers],
            **marks,
        )

    def notes(
        self,
        title: str,
        definition: str,
        records: tuple[str, ...],
        part: str,
        parameters: Sequence[Parameter] = ON_A_DATE,
    ) -> Notes:
        """Return what stands under a picture or a table, and in its files."""
        return notes_of(
            self.labels,
            self.view,
            title,
            definition=definition,
            records=records,
            parameters=parameters,
            part=part,
        )


@dataclass(frozen=True)
class IndicatorData(PageData):
    """The same of one indicator."""

    indicator: Indicator

    @property
    def kind(self) -> Kind:
        """What the indicator's value is."""
        return self.indicator.kind

    @property
    def factor(self) -> int:
        """What a difference is multiplied by where it is written: of shares it is in points."""
        return 100 if self.kind is Kind.SHARE else 1

    @property
    def unit_of_change(self) -> str:
        """The unit of a difference between two figures."""
        if self.kind is Kind.SHARE:
            return self.texts("development.unit_points")
        if self.kind in (Kind.COUNT, Kind.RATIO):
            name = self.labels.indicator(self.indicator.code)
            return name[:1].lower() + name[1:]
        return columns.unit_of(self.labels, self.indicator)

    def signed(self, change: float) -> str:
        """Return a difference with its sign: `+4,1`."""
        return self.texts.signed_decimal(self.factor * change)
