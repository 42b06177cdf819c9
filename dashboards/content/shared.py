"""What every page's content is made of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import plotly.graph_objects as go

from dagster_project.publication.reader import comparability, provenance
from dagster_project.publication.reader.coverage import Cell
from dagster_project.publication.reader.reference import ALL, Kind
from dashboards.charts.colours import Palette
from dashboards.charts.time_series import BreakMark, Series, time_series
from dashboards.content.labels import Labels
from dashboards.export.downloads import Notes
from dashboards.export.table import Holds, Table, table_of
from dashboards.i18n.texts import Texts, alphabetical
from dashboards.queries.shared import SharedPackage
from dashboards.view.sharing import last_day
from dashboards.view.state import Parameter, View

# What an indicator follows where all its groups and areas stand beside each other, where one group
# is shown, and where that stands over time beside other municipalities.
EVERY_GROUP = (
    Parameter.MUNICIPALITY,
    Parameter.REFERENCE_DATE,
    Parameter.INDICATOR,
    Parameter.AGE_SCHEME,
)
ONE_GROUP = (*EVERY_GROUP, Parameter.AGE_GROUP, Parameter.SERVICE_AREA)
OVER_TIME = (*ONE_GROUP, Parameter.COMPARED)
# What a figure of everybody follows.
ON_A_DATE = (Parameter.MUNICIPALITY, Parameter.REFERENCE_DATE)
# The filters of a series: what is added to those of every group.
OF_SERIES = (Parameter.AGE_GROUP, Parameter.SERVICE_AREA, Parameter.COMPARED)


@dataclass(frozen=True)
class Picture:
    """A picture: the finding, what is shown, how it is drawn, and where the same stands as text.

    `spoken` is what is read aloud in its place, where that is not put together of these.
    """

    title: str
    subtitle: str
    draw: Callable[[Palette], go.Figure]
    as_text: str = ""
    remarks: tuple[str, ...] = ()
    spoken: str = ""
    # What a click on a part of it chooses.
    chooses: tuple[Parameter, ...] = ()

    @property
    def description(self) -> str:
        """What is read aloud in the picture's place."""
        return self.spoken or f"{self.subtitle}. {self.title} {self.as_text}"


def fitted(view: View, cells: Iterable[Cell]) -> View:
    """Return the view without its service area where the indicator is not counted by area."""
    if all(cell.service_area == ALL for cell in cells):
        return replace(view, service_area=ALL)
    return view


def filters_in_words(labels: Labels, view: View, parameters: Sequence[Parameter]) -> str:
    """Return everything that the figures are filtered by, of the filters that they follow."""
    texts = labels.texts
    chosen = {
        Parameter.MUNICIPALITY: labels.municipality(view.municipality),
        Parameter.REFERENCE_DATE: texts.date_in_table(view.reference_date),
        Parameter.INDICATOR: labels.indicator(view.indicator),
        Parameter.AGE_SCHEME: labels.age_scheme(view.age_scheme),
        Parameter.AGE_GROUP: "" if view.age_group == ALL else labels.age_group(view.age_group),
        Parameter.SERVICE_AREA: (
            "" if view.service_area == ALL else labels.service_area(view.service_area)
        ),
        Parameter.COMPARED: ", ".join(labels.municipality(code) for code in view.compared),
        Parameter.RULE: "" if view.rule is None else labels.rule(view.rule),
    }
    return "; ".join(
        f"{texts(f'filter.{parameter}')}: {chosen[parameter]}"
        for parameter in parameters
        if chosen[parameter]
    )


def notes(
    labels: Labels,
    view: View,
    title: str,
    parameters: Sequence[Parameter],
    records: tuple[str, ...] | None = None,
) -> Notes:
    """Return what stands under every picture of an indicator and in every export of it.

    `parameters` are the filters that it follows, `records` the record types it is about, where they
    are more than the indicator's own.
    """
    indicator = labels.indicator_entry(view.indicator)
    return notes_of(
        labels,
        view,
        title,
        definition=labels.texts.named(indicator.definitions),
        records=records or indicator.needs,
        parameters=parameters,
        part=view.indicator,
        graded=True,
    )


def notes_of(
    labels: Labels,
    view: View,
    title: str,
    *,
    definition: str,
    records: tuple[str, ...],
    parameters: Sequence[Parameter],
    part: str,
    graded: bool = False,
) -> Notes:
    """Return what stands under a picture and in its exports.

    `records` are the record types that it is counted from, `parameters` the filters that it
    follows, `part` what tells its files from those of other pictures, `graded` whether it says how
    far the view's indicator can be compared.
    """
    texts = labels.texts
    publication = labels.publication
    beside = view.compared if Parameter.COMPARED in parameters else ()
    own = _source_in_words(labels, view.municipality, records)
    packages = _packages_in_words(labels, beside)
    of_a_date = Parameter.REFERENCE_DATE in parameters
    return Notes(
        title=title,
        definition=definition,
        filters=filters_in_words(labels, view, parameters),
        source=texts("beside.source", own=own, number=len(packages)) if packages else own,
        sources_by_municipality=(
            ((labels.municipality(view.municipality), own), *packages) if packages else ()
        ),
        publication=texts(
            "notes.publication_text",
            id=publication.id,
            date=texts.date_in_table(publication.made_on),
            definition_set=labels.municipality_entry(view.municipality).definition_set,
        ),
        reference_date=texts.date_in_table(view.reference_date) if of_a_date else "",
        file_part="-".join(
            [view.municipality, *beside, f"{view.reference_date:%Y%m%d}", part],
        ),
        grade=(grade_in_words(labels, view) or "") if graded else "",
    )


def _source_in_words(labels: Labels, municipality: str, records: tuple[str, ...]) -> str:
    """Return the chosen municipality's systems, and how new their data are."""
    texts = labels.texts
    systems = provenance.systems_behind(labels.publication, municipality, records)
    names = sorted(systems.names, key=alphabetical) if systems else []
    newest = systems.newest if systems else labels.publication.counted_up_to(municipality)
    return texts(
        "notes.source_text",
        systems=", ".join(names) or texts("notes.source_unnamed"),
        date=texts.date_in_table(newest),
    )


def _packages_in_words(
    labels: Labels, municipalities: Sequence[str]
) -> tuple[tuple[str, str], ...]:
    """Return the package of each municipality that stands beside the chosen one and has shared."""
    if not municipalities:
        return ()
    packages = labels.packages.found.packages
    return tuple(
        (labels.municipality(code), package_in_words(labels.texts, packages[code]))
        for code in municipalities
        if code in packages
    )


def package_in_words(texts: Texts, package: SharedPackage) -> str:
    """Return what a package is: its version, how new it is, and how far it was rounded."""
    manifest = package.manifest
    return texts(
        "comparison.package",
        version=manifest.version,
        month=texts.month(last_day(package.months[-1])),
        definition_set=manifest.definition_set,
        publication=manifest.publication,
        margin=manifest.worst_margin,
        margin_of_areas=manifest.worst_margin_of_areas,
    )


def grade_in_words(labels: Labels, view: View) -> str | None:
    """Return how far a figure can be compared, and what keeps it from the best grade."""
    texts = labels.texts
    found = comparability.grade(
        labels.publication, view.municipality, view.reference_date, view.indicator
    )
    if found is None:
        return None
    sentence = texts("grade.sentence", letter=found.letter, words=texts(f"grade.{found.letter}"))
    return " ".join([sentence, *reasons_in_words(labels, found)])


def reasons_in_words(labels: Labels, found: comparability.Grade) -> list[str]:
    """Return what keeps a figure from the best grade, a sentence for each reason."""
    texts = labels.texts
    share_of = {
        "rows_quarantined": found.quarantined_share,
        "rows_changed": found.changed_share,
        "systems_disagree": found.agreement_share,
        "reported_differs": found.reported_difference,
    }
    sentences = []
    for reason in found.reasons:
        share = share_of.get(reason.code)
        records = (labels.of_code("record", record) for record in reason.about.split(","))
        sentences.append(
            texts(
                f"grade.{reason.code}",
                letter=reason.about,
                records=", ".join(records),
                rows=found.rows_behind,
                persons=texts.counted("person", found.persons_known_by_several or 0),
                agreeing=round(
                    (found.agreement_share or 0) * (found.persons_known_by_several or 0)
                ),
                share="" if share is None else texts.per_cent(share),
            )
        )
    return sentences


def break_marks(labels: Labels, view: View) -> tuple[BreakMark, ...]:
    """Return the breaks of a view's series as they stand in its picture, oldest first."""
    return tuple(
        dict.fromkeys(
            BreakMark(found.first_day_after, labels.texts(f"break_mark.{found.kind}"))
            for found in _breaks(labels, view)
        )
    )


def drawn_over_time(
    labels: Labels, view: View, kind: Kind, lines: Sequence[Series], **otherwise: Any
) -> Callable[[Palette], go.Figure]:
    """Return how an indicator's lines are drawn, the date and the breaks of the view marked."""
    usual: dict[str, Any] = {
        "marked": view.reference_date,
        "breaks": break_marks(labels, view),
        "write_value": partial(labels.value, kind),
        "write_tick": partial(labels.tick, kind),
        "write_month": labels.texts.short_month,
    }
    return lambda palette: time_series(palette, lines, **(usual | otherwise))


def break_days(labels: Labels, view: View) -> tuple[dt.date, ...]:
    """Return the days from which the series of a view is not compared with what came before."""
    return tuple(dict.fromkeys(found.first_day_after for found in _breaks(labels, view)))


def breaks_in_words(labels: Labels, view: View) -> str | None:
    """Return the breaks of a view's series, oldest first, and what each is; None without any."""
    texts = labels.texts

    def one(found: comparability.Break) -> str:
        about = texts.named(found.notes) or found.source or ""
        if found.record:
            about = f"{labels.of_code('record', found.record)}, {about}"
        key, kind = "break.one_about" if about else "break.one", texts(f"break.{found.kind}")
        return texts(key, date=found.first_day_after, kind=kind, about=about)

    breaks = "; ".join(map(one, _breaks(labels, view)))
    if not breaks:
        return None
    return texts("break.remark", municipality=labels.municipality(view.municipality), breaks=breaks)


def _breaks(labels: Labels, view: View) -> tuple[comparability.Break, ...]:
    needs = labels.indicator_entry(view.indicator).needs
    return comparability.breaks(labels.publication, view.municipality, view.indicator, needs)


def definition_in_words(labels: Labels, view: View) -> str:
    """Return how many of the parameters are changed where the figures are from."""
    changed = sum(each.is_changed for each in _parameters(labels, view))
    key = "definition.changed" if changed else "definition.unchanged"
    return labels.texts(key, changed=changed)


def changed_definition_in_words(labels: Labels, view: View) -> str | None:
    """Return that parameters are changed: every figure says so. None where none is."""
    is_changed = any(each.is_changed for each in _parameters(labels, view))
    return definition_in_words(labels, view) if is_changed else None


def cautions(labels: Labels, view: View) -> list[str]:
    """Return how far the figure of a view compares, and that its definition is changed."""
    sentences = (grade_in_words(labels, view), changed_definition_in_words(labels, view))
    return [sentence for sentence in sentences if sentence]


def table_of_definition(labels: Labels, view: View) -> Table:
    """Return the parameters that the municipality is counted by; those that are changed first."""
    texts = labels.texts

    def value(name: str) -> Callable[[provenance.PublishedParameter], str]:
        return lambda each: _parameter_value(labels, getattr(each, name))

    return table_of(
        texts("definition.title"),
        sorted(_parameters(labels, view), key=lambda each: not each.is_changed),
        (texts("column.parameter"), Holds.TEXT, lambda each: texts.named(each.names)),
        (texts("column.parameter_value"), Holds.WHOLE, value("value")),
        (texts("column.parameter_default"), Holds.WHOLE, value("default")),
        (
            texts("column.parameter_changed"),
            Holds.TEXT,
            lambda each: texts("definition.is_changed") if each.is_changed else "",
        ),
    )


def _parameters(labels: Labels, view: View) -> tuple[provenance.PublishedParameter, ...]:
    return provenance.parameters(labels.publication, view.municipality)


def _parameter_value(labels: Labels, value: str) -> str:
    if value in ("true", "false"):
        return labels.texts("answer.yes" if value == "true" else "answer.no")
    return value.replace(".", labels.texts.decimal_mark)


def place_and_date(labels: Labels, view: View) -> str:
    """Return where and when: `Asker, 31. desember 2025`."""
    return f"{labels.municipality(view.municipality)}, {labels.texts.date(view.reference_date)}"


def cut_in_words(labels: Labels, view: View) -> str:
    """Return which age group and service area are chosen: `0-17 år, PPT`."""
    return ", ".join(
        [
            labels.age_group_in_text(view.age_scheme, view.age_group),
            labels.service_area_in_text(view.service_area),
        ]
    )
