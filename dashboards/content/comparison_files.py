"""The whole comparison to take along: XLSX, JSON-stat 2.0 and Parquet, each with what it means."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from dagster_project.reference.share_plan import ALL, share_plan
from dashboards.content.comparison_notes import filters
from dashboards.content.section import Section
from dashboards.content.shared_figures import (
    SideBySide,
    figure,
    gather,
    why_few,
    why_package_apart,
)
from dashboards.export.cube import (
    MIME,
    Cube,
    Dimension,
    Observation,
    as_json_stat,
    as_parquet,
    as_workbook,
    recipe,
)
from dashboards.export.downloads import Download
from dashboards.queries import shared
from dashboards.view.sharing import last_day, standard_groups

_WRITERS = {"xlsx": as_workbook, "json": as_json_stat, "parquet": as_parquet}


def sections(found: SideBySide) -> Iterator[Section]:
    """Yield the files; each is made when somebody asks for it."""
    texts = found.labels.texts
    yield Section(
        remarks=[
            texts("comparison.files", month=found.labels.month(found.month)),
            texts("comparison.files_recipe"),
        ],
        downloads=[
            Download(
                kind=kind,
                label=texts(f"comparison.download_{kind}"),
                file_name=_file_name(found, kind),
                mime=MIME[kind],
                make=partial(_written, found, kind),
            )
            for kind in _WRITERS
        ],
    )


def _written(found: SideBySide, kind: str) -> bytes:
    return _WRITERS[kind](cube(found), found.labels.texts)


def _file_name(found: SideBySide, kind: str) -> str:
    return f"samordna-comparison-{found.view.municipality}-{found.month}.{kind}"


def cube(found: SideBySide) -> Cube:
    """Return every figure of the month: municipality, indicator, age group, service area."""
    labels, texts = found.labels, found.labels.texts
    known = shared.areas(labels.received)
    dimensions = (
        Dimension(
            "municipality",
            texts("filter.municipality"),
            {each.municipality: labels.municipality(each.municipality) for each in found.everybody},
        ),
        Dimension(
            "indicator",
            texts("filter.indicator"),
            {code: labels.indicator(code) for code in share_plan().plan.indicators},
        ),
        Dimension(
            "age_group",
            texts("filter.age"),
            {code: labels.age_group_in_text(code) for code in _groups(found)},
        ),
        Dimension(
            "service_area",
            texts("filter.area"),
            {code: labels.service_area(code) for code in labels.service_areas() if code in known},
        ),
    )
    observations = [
        observation
        for indicator in share_plan().plan.indicators
        for observation in _of_indicator(found, indicator, dimensions)
    ]
    about = {
        texts("notes.filters"): filters(found),
        texts("filter.month"): labels.month(found.month),
        texts("notes.definition"): texts("comparison.files_definitions"),
        texts("notes.source"): texts("comparison.source", number=len(found.everybody)),
        texts("comparison.column_rounding"): texts(
            "comparison.files_rounding", low="rounding_low", high="rounding_high"
        ),
        **{
            labels.indicator(code): labels.definition(code) for code in share_plan().plan.indicators
        },
    }
    return Cube(
        title=texts("comparison.files_title", month=labels.month(found.month)),
        month=found.month,
        updated=last_day(found.month),
        dimensions=dimensions,
        observations=tuple(observations),
        about=about,
        recipe=recipe(
            texts("comparison.recipe", column="not_compared"),
            texts("comparison.recipe_excel"),
            _file_name(found, "parquet"),
        ),
    )


def _groups(found: SideBySide) -> list[str]:
    """Return the age groups of the files: all, the standard ones, the finest, the chosen one."""
    finest = share_plan().plan.age_groups
    codes = [ALL, *standard_groups(), *finest[:-1], found.view.age_group]
    return list(dict.fromkeys(codes))


def _of_indicator(
    found: SideBySide, indicator: str, dimensions: tuple[Dimension, ...]
) -> Iterator[Observation]:
    """Yield the figures of an indicator; who is not compared by it is said with the reason."""
    view = replace(
        found.view, indicator=indicator, shared=replace(found.view.shared, month=found.month)
    )
    compared = found if indicator == found.view.indicator else gather(found.labels, view)
    labels, packages = found.labels, found.labels.received.packages
    own = packages[found.view.municipality]
    _, _, ages, of_areas = dimensions
    for each in compared.everybody:
        package = packages[each.municipality]
        of_package = why_package_apart(labels, view, package, own, each)
        for age in ages.categories:
            for area in of_areas.categories:
                cut = replace(view, age_group=age, service_area=area)
                known = figure(package, cut, each.month)
                if known is None:
                    continue
                measured, rounded = known
                is_shown = (age, area) == (view.age_group, view.service_area)
                direct = each.direct if is_shown else None
                yield Observation(
                    place=(each.municipality, indicator, age, area),
                    month=each.month,
                    grade=each.grade,
                    events=measured.numerator,
                    persons=measured.denominator,
                    value=measured.value,
                    ci_low=measured.low,
                    ci_high=measured.high,
                    rounding_low=rounded.lowest.value,
                    rounding_high=rounded.highest.value,
                    standardised=direct.value if direct else None,
                    not_compared=of_package or why_few(labels, measured) or "",
                )
