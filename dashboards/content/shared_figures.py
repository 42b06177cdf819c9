"""The figures of municipalities that have shared, side by side in one month: read and reckoned.

All of it is a function of the packages: nobody's own publication is asked.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from dagster_project.publication.reader.coverage import Measured
from dagster_project.publication.reader.reference import Kind
from dagster_project.reference.share_plan import ALL, UNKNOWN, share_plan
from dashboards.analysis import funnel as statistics
from dashboards.analysis import rounding, significance, similar, standardised
from dashboards.analysis.funnel import WITHIN_95, WITHIN_998, Group, Spread
from dashboards.analysis.rounding import Rounded
from dashboards.analysis.significance import SMALL_DENOMINATOR, wilson
from dashboards.analysis.similar import Peer, Profile, Weights
from dashboards.analysis.standardised import Estimate, Stratum
from dashboards.content.shared_labels import SharedLabels
from dashboards.i18n.texts import alphabetical, capitalised
from dashboards.queries.shared import Received, SharedPackage, by_age, inhabitants, sides
from dashboards.view.sharing import Among, last_day, standard_groups, unions
from dashboards.view.state import View

# Figures of these grades are not compared with other municipalities' or ranked among them.
NOT_COMPARED = ("D", "X")
# Whoever is so many months behind the newest has stopped delivering, and holds nobody back.
STOPPED_AFTER = 3
# Shares of these ages tell profiles apart: children, those of working age, the old, the oldest.
_PROFILE_AGES = ("0-17", "18-49", "50-66", "67-79", "80+")


@dataclass(frozen=True)
class Standing:
    """One municipality's figure in a month; `reason` says why it is set apart, where it is."""

    municipality: str
    month: str
    grade: str
    measured: Measured | None
    rounded: Rounded | None
    # Whether it is of an older month than the comparison, for it has shared none newer.
    is_late: bool = False
    reason: str | None = None
    direct: Estimate | None = None
    indirect: Estimate | None = None
    # On which side of the funnel's limits it lies, whatever rounding did: 1, -1, or 0 within them.
    outside_95: int = 0
    outside_998: int = 0
    has_events: bool = True

    @property
    def value(self) -> float:
        """The value; 0 where there is none."""
        return self.measured.value if self.measured else 0.0


@dataclass(frozen=True)
class Tested:
    """Another municipality held against the chosen one.

    `p_value` is corrected for how many are tested. `by_rounding`: rounding alone could have made
    the difference.
    """

    standing: Standing
    p_value: float
    by_rounding: bool

    @property
    def is_sure(self) -> bool:
        """Whether it differs by more than chance and rounding."""
        return rounding.is_beyond(self.p_value)


@dataclass(frozen=True)
class SideBySide:
    """The comparison of an indicator in one group and month.

    `ranked` are those that can be compared, the highest first, `apart` the others by name.
    """

    labels: SharedLabels
    view: View
    month: str
    ranked: tuple[Standing, ...]
    apart: tuple[Standing, ...]
    group: Group | None
    spread: Spread | None

    @property
    def everybody(self) -> tuple[Standing, ...]:
        """Those that are compared, and those that are not."""
        return (*self.ranked, *self.apart)

    @functools.cached_property
    def own(self) -> Standing:
        """The chosen municipality."""
        code = self.view.municipality
        return next(each for each in self.everybody if each.municipality == code)

    @property
    def is_ranked(self) -> bool:
        """Whether the chosen municipality is among those that are compared."""
        return self.own.reason is None

    @functools.cached_property
    def tested(self) -> tuple[Tested, ...]:
        """The others held against the chosen one, the highest first; none where it is apart."""
        own = self.own
        others = [each for each in self.ranked if each is not own]
        if own.reason is not None or own.rounded is None:
            return ()
        raw = [rounding.p_value(each.rounded, own.rounded) for each in others if each.rounded]
        return tuple(
            Tested(each, adjusted, found >= 1.0)
            for each, adjusted, found in zip(others, rounding.holm(raw), raw, strict=True)
        )

    def better(self, *, is_better: bool = True) -> list[Tested]:
        """Return those that surely do better than the chosen one, or worse; the clearest first."""
        sign = -1 if self.labels.polarity(self.view.indicator) == "less" else 1
        found = [
            each
            for each in self.tested
            if each.is_sure and (sign * (each.standing.value - self.own.value) > 0) == is_better
        ]
        return sorted(found, key=lambda each: (each.p_value, each.standing.municipality))


def month_of(packages: Sequence[SharedPackage], chosen: str) -> str:
    """Return the month to compare: the chosen one, or the newest that all who deliver have reached.

    Whoever has stopped delivering is not waited for.
    """
    if any(chosen in each.months for each in packages):
        return chosen
    newest = max(each.months[-1] for each in packages)
    return min(each.months[-1] for each in packages if not has_stopped(each, newest))


def has_stopped(package: SharedPackage, newest: str) -> bool:
    """Return whether a municipality's newest month is far behind the newest of all."""
    return _number(newest) - _number(package.months[-1]) > STOPPED_AFTER


def who(labels: SharedLabels, view: View) -> list[str]:
    """Return whom the view compares, the chosen municipality among them."""
    own, choice, received = view.municipality, view.shared, labels.received
    codes = list(received.packages)
    if choice.among is Among.COUNTY:
        codes = [code for code in codes if code[:2] == own[:2]]
    elif choice.among is Among.SIMILAR:
        codes = [own, *(peer.municipality for peer in peers(received, view))]
    elif choice.among is Among.GROUP:
        codes = [own, *labels.groups.get(choice.group, ())]
    elif choice.among is Among.CHOSEN:
        codes = [own, *(code for code in choice.peers if code in received.packages)]
    return list(dict.fromkeys(codes))


def peers(received: Received, view: View) -> tuple[Peer, ...]:
    """Return the municipalities most like the chosen one, the nearest first."""
    profiles = {
        code: profile for code, each in received.packages.items() if (profile := profile_of(each))
    }
    return similar.nearest(profiles, view.municipality, Weights(*view.shared.weight_of_each))


@functools.lru_cache(maxsize=512)
def profile_of(package: SharedPackage) -> Profile | None:
    """Return what a municipality is like; None where nobody lives there, or nobody has need."""
    of_age = inhabitants(package)
    whole = int(of_age.sum())
    block = package.block(package.months[-1], ALL)
    if not whole or block is None or not block.sum():
        return None
    ages = [float(of_age[list(_union(code))].sum()) / whole for code in _PROFILE_AGES]
    return Profile(whole, tuple(ages), float(block.sum()) / whole)


def gather(labels: SharedLabels, view: View) -> SideBySide:
    """Read the figures of the view's municipalities in one month, and reckon what differs."""
    packages = [labels.received.packages[code] for code in who(labels, view)]
    month = month_of(packages, view.shared.month)
    own = labels.received.packages[view.municipality]
    standings = [_standing(labels, view, each, own, month) for each in packages]
    ranked = [each for each in standings if each.reason is None]
    ranked.sort(key=lambda each: (-each.value, each.municipality))
    parts = [each.measured for each in ranked if each.measured]
    group = statistics.group_of(parts, 1)
    spread = statistics.spread_of(parts, group.pooled, Kind.SHARE, 1) if group else None
    if group:
        together = _together(parts)
        strata = [
            _by_stratum(labels.received.packages[each.municipality], view, month) for each in ranked
        ]
        reference = np.sum(strata, axis=0)
        ranked = [
            _limited(_standardised(each, own_strata, reference), group, spread, together)
            for each, own_strata in zip(ranked, strata, strict=True)
        ]
    apart = [each for each in standings if each.reason is not None]
    apart.sort(key=lambda each: alphabetical(labels.municipality(each.municipality)))
    return SideBySide(labels, view, month, tuple(ranked), tuple(apart), group, spread)


def figure(package: SharedPackage, view: View, month: str) -> tuple[Measured, Rounded] | None:
    """Return a package's figure of the view's group in a month; None where nobody is in it."""
    measured = measured_of(package, view, month)
    if measured is None:
        return None
    events, of = measured.numerator, measured.denominator
    return measured, _rounded(package, view, month, events, of - events)


def _rounded(package: SharedPackage, view: View, month: str, events: int, others: int) -> Rounded:
    """Return the sides of a figure with the limits of the true ones."""
    places, all_groups = _union(view.age_group), len(share_plan().plan.age_groups)
    of_cells = limits_by_age(package, month, view.service_area, view.indicator)
    terms, manifest = _terms(view.indicator), package.manifest
    is_whole = view.service_area == ALL
    worst = manifest.worst_margin if is_whole else manifest.worst_margin_of_areas

    def limits(count: int, at: int) -> rounding.Limits:
        low, high = (_sum(side, places) for side in of_cells[at])
        off_by = rounding.error(terms[at][0], len(places), terms[at][1], all_groups, worst)
        return rounding.limits(count, (low, high), off_by)

    return Rounded(events, others, limits(events, 0), limits(others, 1))


def measured_of(package: SharedPackage, view: View, month: str) -> Measured | None:
    """Return the same without what rounding did to it."""
    found = by_age(package, month, view.service_area, view.indicator)
    if found is None:
        return None
    places = _union(view.age_group)
    events, of = (_sum(side, places) for side in found)
    return wilson(events, of) if of else None


def series(package: SharedPackage, view: View) -> list[tuple[dt.date, Measured]]:
    """Return a package's figures of the view's group in all its months, oldest first."""
    found = ((month, measured_of(package, view, month)) for month in package.months)
    return [(last_day(month), known) for month, known in found if known]


@functools.cache
def _terms(indicator: str) -> tuple[tuple[int | None, int | None], ...]:
    """Return of how many main margins each side is, in one age group and in all together."""
    return tuple(
        (rounding.terms(side, of_all_ages=False), rounding.terms(side, of_all_ages=True))
        for side in sides(indicator)
    )


@functools.lru_cache(maxsize=32_768)
def limits_by_age(
    package: SharedPackage, month: str, area: str, indicator: str
) -> tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]:
    """Return for each side (events, others) the lowest and the highest true counts by age group."""
    found = _limits_of_cells(package, month, area)
    # Added up as products of matrices: every municipality's are asked for at every look.
    return tuple(
        (tuple((found[0] @ side).tolist()), tuple((found[1] @ side).tolist()))
        for side in _flat_sides(indicator)
    )


@functools.cache
def _flat_sides(indicator: str) -> tuple[NDArray[np.int64], ...]:
    return tuple(side.reshape(-1).astype(np.int64) for side in sides(indicator))


@functools.lru_cache(maxsize=4_096)
def _limits_of_cells(
    package: SharedPackage, month: str, area: str
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the lowest and the highest true counts by age group and cell, two axes."""
    block, whole = package.block(month, area), package.block(month, ALL)
    if block is None:
        raise LookupError(area)
    low, high = rounding.cell_limits(block, None if area == ALL else whole, package.manifest.base)
    return low.reshape(len(low), -1), high.reshape(len(high), -1)


@functools.cache
def _union(age_group: str) -> tuple[int, ...]:
    return _unions()[age_group]


def _sum(of_ages: Sequence[int], places: Sequence[int]) -> int:
    """Return the sum of some age groups; of all of them without looking at each."""
    if len(places) == len(of_ages):
        return sum(of_ages)
    return sum([of_ages[place] for place in places])


@functools.cache
def _unions() -> dict[str, tuple[int, ...]]:
    return unions()


@functools.cache
def _strata(age_group: str) -> tuple[tuple[int, ...], ...]:
    """Return the age groups within a group that shares are standardised by.

    Of all ages the standard ones: the finest hold too few. Those of unknown age are in none.
    """
    if age_group == ALL:
        return tuple(_union(code) for code in standard_groups())
    ages = share_plan().plan.age_groups
    return tuple((place,) for place in _union(age_group) if ages[place] != UNKNOWN)


def _by_stratum(package: SharedPackage, view: View, month: str) -> NDArray[np.int64]:
    """Return events and persons of each stratum, two columns."""
    found = by_age(package, month, view.service_area, view.indicator)
    strata = _strata(view.age_group)
    if found is None:
        return np.zeros((len(strata), 2), dtype=np.int64)
    events, of = found
    return np.array(
        [[_sum(side, each) for side in (events, of)] for each in strata],
        dtype=np.int64,
    )


def _standardised(
    standing: Standing, own: NDArray[np.int64], reference: NDArray[np.int64]
) -> Standing:
    strata = [
        Stratum(*here, *there) for here, there in zip(own.tolist(), reference.tolist(), strict=True)
    ]
    return replace(
        standing, direct=standardised.direct(strata), indirect=standardised.indirect(strata)
    )


def _limited(
    standing: Standing, group: Group, spread: Spread | None, together: Measured
) -> Standing:
    """Return a standing with its side of the funnel's limits, where rounding leaves one."""
    measured, rounded = standing.measured, standing.rounded
    if measured is None or rounded is None:
        return standing
    if not significance.has_events(measured, together, Kind.SHARE):
        return replace(standing, has_events=False)

    def outside(within: float) -> int:
        found = {
            statistics.outside(
                corner, group.pooled, Kind.SHARE, within, 1, spread.between if spread else 0.0
            )
            for corner in (rounded.lowest, rounded.highest)
            if corner.denominator
        }
        return found.pop() if len(found) == 1 else 0

    return replace(standing, outside_95=outside(WITHIN_95), outside_998=outside(WITHIN_998))


def _together(parts: Sequence[Measured]) -> Measured:
    return wilson(sum(each.numerator for each in parts), sum(each.denominator for each in parts))


def _standing(
    labels: SharedLabels, view: View, package: SharedPackage, own: SharedPackage, month: str
) -> Standing:
    """Return a municipality's figure of the month, or of its own newest where that is older."""
    is_late = month not in package.months
    of = max((each for each in package.months if each <= month), default=package.months[-1])
    of = month if not is_late else of
    known = figure(package, view, of)
    graded = package.grades.get((view.indicator, of))
    standing = Standing(
        package.municipality,
        of,
        graded.letter if graded else "",
        known[0] if known else None,
        known[1] if known else None,
        is_late,
    )
    return replace(standing, reason=_why_apart(labels, view, package, own, standing))


def _why_apart(
    labels: SharedLabels, view: View, package: SharedPackage, own: SharedPackage, standing: Standing
) -> str | None:
    """Return why a municipality is not compared; None where it can be."""
    of_package = why_package_apart(labels, view, package, own, standing)
    if of_package is not None:
        return of_package
    if package.block(standing.month, view.service_area) is None:
        return labels.texts("comparison.apart_area")
    return why_few(labels, standing.measured)


def why_few(labels: SharedLabels, measured: Measured | None) -> str | None:
    """Return why a figure is of too few to be compared; None where it is not."""
    if measured is None:
        return labels.texts("comparison.apart_nobody")
    if measured.denominator < SMALL_DENOMINATOR:
        return labels.texts("front.small", limit=SMALL_DENOMINATOR)
    return None


def why_package_apart(
    labels: SharedLabels, view: View, package: SharedPackage, own: SharedPackage, standing: Standing
) -> str | None:
    """Return why none of a municipality's figures of an indicator is compared; None if some are."""
    texts = labels.texts
    if package.municipality_today != package.municipality:
        return texts("comparison.apart_merged")
    if standing.is_late:
        return texts("comparison.apart_late", month=labels.month(standing.month))
    if standing.grade in NOT_COMPARED:
        graded = package.grades[view.indicator, standing.month]
        reasons = (labels.of_code("grade_reason", code) for code in graded.reasons)
        return " ".join([capitalised(texts(f"grade.{standing.grade}")), *reasons])
    if not package.counted_alike(own, view.indicator):
        return _other_definition(labels, view, package, own)
    return None


def _other_definition(
    labels: SharedLabels, view: View, package: SharedPackage, own: SharedPackage
) -> str:
    theirs, mine = package.manifest, own.manifest
    needed = share_plan().plan.depends_on(view.indicator)
    differing = sorted(
        labels.parameter(name)
        for name in needed
        if theirs.parameters.get(name) != mine.parameters.get(name)
    )
    if differing:
        return labels.texts("comparison.apart_parameters", parameters=", ".join(differing))
    return labels.texts(
        "comparison.apart_definition", theirs=theirs.definition_set, own=mine.definition_set
    )


def _number(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:])


def segments(package: SharedPackage, indicator: str, days: Sequence[dt.date]) -> dict[dt.date, int]:
    """Return the segment of each day: how many breaks of the indicator lie at or before it."""
    firsts = [f"{each.month}-01" for each in package.breaks.get(indicator, ())]
    return {day: sum(first <= day.isoformat() for first in firsts) for day in days}
