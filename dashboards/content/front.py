"""The page *Oversyn*: what the leader, the analyst and the data steward look at first."""

from __future__ import annotations

from collections.abc import Iterator

from dashboards.content import front_analyst, front_leader, front_steward
from dashboards.content.labels import Labels
from dashboards.content.section import Section
from dashboards.view.state import Parameter, Role, View

_OF_ROLE = {
    Role.LEADER: front_leader.sections,
    Role.ANALYST: front_analyst.sections,
    Role.STEWARD: front_steward.sections,
}


def sections(labels: Labels, view: View) -> Iterator[Section]:
    """Yield the page for whoever looks."""
    yield Section(filters=[[Parameter.ROLE]])
    yield from _OF_ROLE[view.role](labels, view)
