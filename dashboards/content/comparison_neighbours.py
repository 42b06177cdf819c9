"""Who does better by more than chance and rounding, what marks them, and who is most alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from dagster_project.reference.share_plan import share_plan
from dashboards.content.comparison_notes import notes
from dashboards.content.comparison_tables import interval_of
from dashboards.content.section import Section
from dashboards.content.shared_figures import (
    SideBySide,
    Standing,
    Tested,
    figure,
    peers,
    profile_of,
)
from dashboards.export.table import Holds, Value, table_of
from dashboards.i18n.texts import Sign

_MOST_LISTED = 5
_MOST_MARKED = 3
_MOST_OPEN = 20


def better_in_words(found: SideBySide) -> str:
    """Return who does better than the chosen municipality, or that nobody does for sure."""
    texts = found.labels.texts
    way = "lower" if found.labels.polarity(found.view.indicator) == "less" else "higher"
    better = found.better()
    if not better:
        return texts(f"comparison.nobody_{way}", number=len(found.tested))
    return texts.plural(
        f"comparison.better_{way}",
        len(better),
        of=len(found.tested),
        municipalities=_listed(found, better),
    )


def _listed(found: SideBySide, tested: Sequence[Tested]) -> str:
    return found.labels.listed([each.standing.municipality for each in tested], _MOST_LISTED)


def who_is_better(found: SideBySide) -> Iterator[Section]:
    """Yield who does better in words, every test as a table, and what marks those who do."""
    labels, texts = found.labels, found.labels.texts
    if not found.tested:
        reason = found.own.reason
        key = "comparison.lead_apart" if reason else "comparison.lead_alone"
        yield Section(absence=texts(key, reason=reason or ""))
        return
    worse = found.better(is_better=False)
    said = [better_in_words(found)]
    if worse:
        way = "higher" if labels.polarity(found.view.indicator) == "less" else "lower"
        said.append(
            texts.plural(
                f"comparison.worse_{way}",
                len(worse),
                of=len(found.tested),
                municipalities=_listed(found, worse),
            )
        )
    rounded = [each for each in found.tested if each.by_rounding and _looks_better(found, each)]
    if rounded:
        said.append(texts("comparison.by_rounding", municipalities=_listed(found, rounded)))
    said.append(texts("comparison.how_tested", number=len(found.tested)))
    table = table_of(
        texts(
            "comparison.table_tests",
            municipality=labels.municipality(found.view.municipality),
            month=labels.month(found.month),
        ),
        found.tested,
        (
            texts("filter.municipality"),
            Holds.TEXT,
            lambda each: labels.municipality(each.standing.municipality),
        ),
        (texts("comparison.column_value"), Holds.PER_CENT, lambda each: each.standing.value),
        (
            texts("comparison.column_difference"),
            Holds.DECIMAL,
            lambda each: 100 * (each.standing.value - found.own.value),
        ),
        (
            texts("comparison.column_rounding"),
            Holds.TEXT,
            lambda each: _corners(found, each.standing),
        ),
        (texts("comparison.column_verdict"), Holds.PROSE, lambda each: verdict(found, each)),
    )
    yield Section(
        key="shared_tests",
        remarks=said,
        table=table,
        is_open=len(found.tested) <= _MOST_OPEN,
        notes=notes(found, table.title, "tests"),
    )
    yield from _what_marks_them(found)


def verdict(found: SideBySide, tested: Tested) -> str:
    """Return what may be said of the difference to another municipality."""
    texts = found.labels.texts
    if tested.by_rounding:
        return texts("comparison.verdict_rounding")
    if not tested.is_sure:
        return texts("comparison.verdict_chance")
    is_higher = tested.standing.value > found.own.value
    return texts("comparison.verdict_higher" if is_higher else "comparison.verdict_lower")


def _looks_better(found: SideBySide, tested: Tested) -> bool:
    sign = -1 if found.labels.polarity(found.view.indicator) == "less" else 1
    return sign * (tested.standing.value - found.own.value) > 0


def _corners(found: SideBySide, standing: Standing) -> str:
    rounded = standing.rounded
    if rounded is None:
        return ""
    return interval_of(found.labels, rounded.lowest.value, rounded.highest.value)


def _what_marks_them(found: SideBySide) -> Iterator[Section]:
    """Yield every indicator of those who do clearly better, beside the chosen municipality's."""
    labels, texts, view = found.labels, found.labels.texts, found.view
    better = [each.standing.municipality for each in found.better()[:_MOST_MARKED]]
    if not better:
        return
    packages = labels.received.packages

    def value(code: str, indicator: str) -> Value:
        known = figure(packages[code], replace(view, indicator=indicator), found.month)
        return known[0].value if known else Sign.NOT_APPLICABLE

    table = table_of(
        texts(
            "comparison.table_marks",
            group=labels.group_in_text(view.age_group, view.service_area),
            month=labels.month(found.month),
        ),
        list(share_plan().plan.indicators),
        (texts("filter.indicator"), Holds.TEXT, labels.indicator),
        *(
            (
                f"{labels.municipality(code)} ({texts('unit.per_cent')})",
                Holds.PER_CENT,
                lambda indicator, code=code: value(code, indicator),
            )
            for code in (view.municipality, *better)
        ),
    )
    yield Section(
        key="shared_marks",
        of_table=[texts("comparison.marks")],
        table=table,
        notes=notes(found, table.title, "marks", [view.municipality, *better]),
    )


def similar(found: SideBySide) -> Iterator[Section]:
    """Yield the municipalities most like the chosen one, and the weights they are looked for by."""
    labels, texts, view = found.labels, found.labels.texts, found.view
    packages = labels.received.packages
    own, nearest = profile_of(packages[view.municipality]), peers(labels.received, view)
    if own is None or not nearest:
        yield Section(absence=texts("comparison.no_profile"))
        return
    named = ", ".join(labels.municipality(each.municipality) for each in nearest[:_MOST_MARKED])
    of_all = [(view.municipality, 0.0), *((each.municipality, each.distance) for each in nearest)]
    profiles = {code: profile_of(packages[code]) or own for code, _ in of_all}
    table = table_of(
        texts("comparison.table_similar", municipality=labels.municipality(view.municipality)),
        of_all,
        (texts("filter.municipality"), Holds.TEXT, lambda row: labels.municipality(row[0])),
        (texts("comparison.column_distance"), Holds.DECIMAL, lambda row: row[1]),
        (
            texts("comparison.column_inhabitants"),
            Holds.WHOLE,
            lambda row: profiles[row[0]].inhabitants,
        ),
        (texts("comparison.column_young"), Holds.PER_CENT, lambda row: profiles[row[0]].ages[0]),
        (texts("comparison.column_old"), Holds.PER_CENT, lambda row: profiles[row[0]].ages[-1]),
        (texts("comparison.column_need"), Holds.DECIMAL, lambda row: 1000 * profiles[row[0]].need),
    )
    yield Section(
        key="shared_similar",
        remarks=[
            texts(
                "comparison.similar",
                municipality=labels.municipality(view.municipality),
                municipalities=named,
            ),
            texts("comparison.how_similar"),
        ],
        weighs=view.shared,
    )
    yield Section(
        key="shared_alike",
        table=table,
        is_open=True,
        notes=notes(found, table.title, "similar", [code for code, _ in of_all]),
    )
