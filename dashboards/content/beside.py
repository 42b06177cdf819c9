"""Other municipalities on the pages of the chosen one's own figures: what they have shared.

The chosen one's figures are its own; the others' are of their packages, protected, and of months'
ends (decision 0021).
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from dagster_project.publication.reader import provenance
from dagster_project.publication.reader.coverage import Measured
from dagster_project.publication.reader.needs import COVERAGE, Neighbour
from dagster_project.publication.reader.reference import ALL
from dagster_project.reference.share_plan import share_plan
from dashboards.analysis.rounding import Rounded
from dashboards.content.labels import Labels
from dashboards.content.section import NoFigure
from dashboards.content.shared_figures import (
    NOT_COMPARED,
    figure,
    has_stopped,
    measured_of,
    segments,
    series,
    why_few,
)
from dashboards.content.shared_labels import SharedLabels
from dashboards.i18n.texts import capitalised
from dashboards.queries.development import Reading
from dashboards.queries.shared import ReceivedError, SharedPackage, inhabitants
from dashboards.view.sharing import last_day, standard_groups, unions
from dashboards.view.state import View

# Of fewer the others together are no yardstick: they would be one neighbour or two.
FEWEST_OTHERS = 3


@dataclass(frozen=True)
class Other:
    """Another municipality's shared figures of a view's group, by month's end, oldest first.

    `absence` says why there are none.
    """

    municipality: str
    package: SharedPackage | None
    readings: tuple[Reading, ...] = ()
    absence: str | None = None


@dataclass(frozen=True)
class Compared:
    """Another municipality's shared figure of a month; `reason` says why it is set apart."""

    municipality: str
    package: SharedPackage
    month: str
    grade: str
    measured: Measured | None
    reason: str | None


@dataclass(frozen=True)
class Together:
    """The others' share together, of how many municipalities, in which month."""

    value: float
    number: int
    month: str


def shared_labels(labels: Labels) -> SharedLabels:
    """Return the names of what was shared; raises NoFigure where packages cannot be read."""
    try:
        return SharedLabels(labels.packages.found, labels.texts)
    except ReceivedError:
        raise NoFigure(labels.texts("unreadable.received_damaged")) from None


def packages_of_others(labels: Labels, municipality: str) -> Mapping[str, SharedPackage]:
    """Return the packages of everybody but one municipality, or what it was before."""
    return {
        code: package
        for code, package in shared_labels(labels).received.packages.items()
        if municipality not in (code, package.municipality_today)
    }


def is_shared(indicator: str) -> bool:
    """Return whether an indicator is of those that packages have."""
    return indicator in share_plan().plan.indicators


def beside(labels: Labels, view: View) -> tuple[Other, ...]:
    """Return what those that are to stand beside the chosen municipality have shared."""
    if not view.compared:
        return ()
    packages = packages_of_others(labels, view.municipality)
    return tuple(_other(labels, view, code, packages.get(code)) for code in view.compared)


def _other(labels: Labels, view: View, code: str, package: SharedPackage | None) -> Other:
    if package is None:
        return Other(code, None, absence=nothing_shared(labels, code))
    if not is_shared(view.indicator):
        indicator = labels.indicator(view.indicator)
        return Other(code, package, absence=labels.texts("beside.indicator", indicator=indicator))
    if view.age_group not in unions():
        return Other(code, package, absence=labels.texts("beside.age_group"))
    points = series(package, view)
    if not points:
        return Other(code, package, absence=labels.texts("comparison.apart_area"))
    segment = segments(package, view.indicator, [day for day, _ in points])
    return Other(
        code,
        package,
        tuple(
            Reading(
                day, each.numerator, each.denominator, each.value, each.low, each.high, segment[day]
            )
            for day, each in points
        ),
    )


def nothing_shared(labels: Labels, code: str) -> str:
    """Return that a municipality has shared nothing, and what to do about it."""
    return labels.texts("beside.nothing", municipality=labels.municipality(code), code=code)


def month_until(packages: Sequence[SharedPackage], day: dt.date) -> str | None:
    """Return the newest month up to a day that all who deliver have reached; None without any.

    Whoever has stopped delivering is not waited for.
    """
    newest = max((each.months[-1] for each in packages), default="")
    of_each = (
        [month for month in each.months if last_day(month) <= day][-1:]
        for each in packages
        if not has_stopped(each, newest)
    )
    return min((found[0] for found in of_each if found), default=None)


def compared(labels: Labels, view: View, codes: Sequence[str] | None = None) -> Iterator[Compared]:
    """Yield the others' figures of the newest month up to the view's day that all have reached.

    All who have shared, or those of these codes. Nobody where the indicator or the age group is not
    shared.
    """
    packages = packages_of_others(labels, view.municipality)
    asked = [packages[code] for code in codes or packages if code in packages]
    month = month_until(asked, view.reference_date)
    if month is None or not is_shared(view.indicator) or view.age_group not in unions():
        return
    for package in asked:
        yield _compared(labels, view, package, month)


def _compared(labels: Labels, view: View, package: SharedPackage, month: str) -> Compared:
    graded = package.grades.get((view.indicator, month))
    measured = measured_of(package, view, month)
    letter = graded.letter if graded else ""
    reason = _why_apart(labels, view, package, month, measured)
    return Compared(package.municipality, package, month, letter, measured, reason)


def _why_apart(
    labels: Labels, view: View, package: SharedPackage, month: str, measured: Measured | None
) -> str | None:
    """Return why another municipality's figure is not compared with the chosen one's."""
    texts, graded = labels.texts, package.grades.get((view.indicator, month))
    if package.municipality_today != package.municipality:
        return texts("comparison.apart_merged")
    if month not in package.months:
        return texts("beside.month", month=texts.month(last_day(month)))
    if graded and graded.letter in NOT_COMPARED:
        reasons = (labels.of_code("grade_reason", code) for code in graded.reasons)
        return " ".join([capitalised(texts(f"grade.{graded.letter}")), *reasons])
    otherwise = _counted_otherwise(labels, view, package)
    if otherwise:
        return otherwise
    if package.block(month, view.service_area) is None:
        return texts("comparison.apart_area")
    return why_few(shared_labels(labels), measured)


def _counted_otherwise(labels: Labels, view: View, package: SharedPackage) -> str | None:
    """Return how a package counts otherwise than the chosen municipality; None if alike."""
    texts, theirs = labels.texts, package.manifest
    own = labels.municipality_entry(view.municipality).definition_set
    known = provenance.parameters(labels.publication, view.municipality)
    changed = {each.code: each.value for each in known if each.is_changed}
    if package.counted_by(own.split(" ", 1)[0], changed, view.indicator):
        return None
    differing = sorted(
        shared_labels(labels).parameter(name)
        for name in share_plan().plan.depends_on(view.indicator)
        if theirs.parameters.get(name) != changed.get(name)
    )
    if differing:
        return texts("comparison.apart_parameters", parameters=", ".join(differing))
    return texts("comparison.apart_definition", theirs=theirs.definition_set, own=own)


def of_everybody(view: View, indicator: str) -> View:
    """Return a view of an indicator of all ages and service areas."""
    return replace(view, indicator=indicator, age_group=ALL, service_area=ALL)


def together(labels: Labels, view: View) -> Together | None:
    """Return the others' share together; None where too few can be compared."""
    found = [
        each for each in compared(labels, view) if each.reason is None and each.measured is not None
    ]
    if len(found) < FEWEST_OTHERS:
        return None
    events = sum(each.measured.numerator for each in found if each.measured)
    of = sum(each.measured.denominator for each in found if each.measured)
    return Together(events / of, len(found), found[0].month)


def rounded_of(found: Compared, view: View) -> Rounded | None:
    """Return a figure with between which true counts it lies."""
    known = figure(found.package, view, found.month)
    return known[1] if known else None


def neighbours(labels: Labels, view: View) -> tuple[Neighbour, ...]:
    """Return what the others have shared that the rates of a need are steadied by."""
    try:
        found = list(compared(labels, of_everybody(view, COVERAGE)))
    except NoFigure:
        # The packages cannot be read: the municipality's own rates stand alone.
        return ()
    return tuple(_neighbour(each.package, each.month) for each in found if each.reason is None)


@functools.lru_cache(maxsize=512)
def _neighbour(package: SharedPackage, month: str) -> Neighbour:
    return Neighbour(_target_group(package, month), _inhabitants(package))


def _target_group(package: SharedPackage, month: str) -> Mapping[str, Mapping[str, int]]:
    """Return persons in the target group by service area and standard age group."""
    places = {code: list(unions()[code]) for code in standard_groups()}
    found = {}
    for area in package.areas(month):
        block = package.block(month, area)
        if block is not None:
            of_age = block.sum(axis=(1, 2))
            found[area] = {code: int(of_age[at].sum()) for code, at in places.items()}
    return found


def _inhabitants(package: SharedPackage) -> Mapping[str, float]:
    """Return inhabitants of the newest year that is shared, by standard age group."""
    of_age = inhabitants(package)
    return {code: float(of_age[list(unions()[code])].sum()) for code in standard_groups()}
