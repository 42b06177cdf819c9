"""What is chosen by the filters, in words, and which part of a page does not follow a choice."""

from __future__ import annotations

from dataclasses import replace

from dagster_project.publication.reader import coverage, reference
from dagster_project.publication.reader.reference import ALL
from dashboards.content.labels import Labels
from dashboards.view.state import View


def fitted(labels: Labels, view: View) -> View:
    """Return the view without the groups and areas that its indicator is not counted by."""
    found = coverage.cuts(labels.publication)[view.indicator]
    if not found.has_ages:
        standard = next(iter(reference.age_groups(labels.publication)))
        view = replace(view, age_scheme=standard, age_group=ALL)
    return view if found.has_areas else replace(view, service_area=ALL)


def not_counted(labels: Labels, view: View) -> list[str]:
    """Return which choices the indicator cannot follow, for it is not counted so."""
    shown, indicator = fitted(labels, view), labels.indicator(view.indicator)
    dropped = {
        "no_ages": shown.age_group != view.age_group,
        "no_areas": shown.service_area != view.service_area,
    }
    return [
        labels.texts(f"selection.{which}", indicator=indicator)
        for which, is_dropped in dropped.items()
        if is_dropped
    ]


def only_here(labels: Labels, view: View) -> list[str]:
    """Return that a part shows one municipality alone, where others are chosen beside it."""
    municipality = labels.municipality(view.municipality)
    return [labels.texts("selection.only_here", municipality=municipality)] if view.compared else []


def every_group(labels: Labels, view: View) -> list[str]:
    """Return that a part shows all groups, where one is chosen."""
    is_chosen = (view.age_group, view.service_area) != (ALL, ALL)
    return [labels.texts("selection.every_group")] if is_chosen else []


def every_age(labels: Labels, view: View) -> list[str]:
    """Return that a part shows all age groups, where one is chosen."""
    return [labels.texts("selection.every_age")] if view.age_group != ALL else []


def chosen_in_words(labels: Labels, view: View) -> str:
    """Return the chosen group: `0-17 år, PPT`; empty where it is everybody."""
    chosen = []
    if view.age_group != ALL:
        chosen.append(labels.age_group_in_text(view.age_scheme, view.age_group))
    if view.service_area != ALL:
        chosen.append(labels.service_area(view.service_area))
    return ", ".join(chosen)
