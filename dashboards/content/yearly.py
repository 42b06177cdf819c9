"""Whether the groups of an indicator have changed in a year, and whether a chosen one has."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from dagster_project.publication.reader import reference
from dagster_project.publication.reader.reference import ALL
from dashboards.analysis import change
from dashboards.analysis.change import Change
from dashboards.content import series
from dashboards.content.labels import Labels
from dashboards.queries.development import Reading
from dashboards.view.state import View


def change_of_cut(labels: Labels, view: View) -> Change[Reading]:
    """Return the change of a view's group: the same wherever it is told of.

    An age group is judged among the age groups of its area, an area among the areas.
    """
    if view.age_group != ALL:
        return changes_by_age(labels, view)[view.age_group]
    if view.service_area == ALL:
        kind = labels.indicator_entry(view.indicator).kind
        return change.in_a_year(series.readings(labels, view), view.reference_date, kind)
    areas = reference.service_areas(labels.publication)
    by_area = (replace(view, service_area=area) for area in {*areas, view.service_area})
    return _of_family(labels, by_area)[view]


def changes_by_age(labels: Labels, view: View) -> dict[str, Change[Reading]]:
    """Return the changes of the age groups in a view's area, in their order."""
    scheme = reference.age_groups(labels.publication)[view.age_scheme]
    groups = [group.code for group in scheme]
    if view.age_group not in (ALL, *groups):
        groups.append(view.age_group)
    by_age = {group: replace(view, age_group=group) for group in groups}
    found = _of_family(labels, by_age.values())
    return {group: found[of_group] for group, of_group in by_age.items()}


def _of_family(labels: Labels, views: Iterable[View]) -> dict[View, Change[Reading]]:
    family = {view: series.readings(labels, view) for view in views}
    (day,) = {view.reference_date for view in family}
    (indicator,) = {view.indicator for view in family}
    return change.of_family(family, day, labels.indicator_entry(indicator).kind)
