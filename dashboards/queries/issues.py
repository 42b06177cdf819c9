"""The issues of the register: findings that somebody should act on, and what was done with them."""

from __future__ import annotations

import functools
from collections.abc import Mapping

from dagster_project.config.paths import home_from
from dagster_project.publication.reader.publication import KEPT_ANSWERS, Publication, ask
from dagster_project.register import issues
from dagster_project.register.database import open_register
from dagster_project.register.events import Event
from dagster_project.register.issues import Action, Issue, Outcome


def issues_of(municipality: str) -> tuple[Issue, ...]:
    """Return the issues of a municipality, the oldest first. Raises RegisterError."""
    return issues.issues_of(open_register(home_from(None)), municipality)


@functools.lru_cache(maxsize=KEPT_ANSWERS)
def changes_of(publication: Publication, municipality: str) -> Mapping[str, str]:
    """Return which indicator the findings may change on the newest date, for those that may."""
    rows = ask(
        publication,
        """
        select finding_id, changes
        from read_parquet($findings)
        where municipality_code = $municipality and is_current and changes is not null
        """,
        municipality=municipality,
    )
    return dict(rows)


def history_of(identity: str) -> tuple[Event, ...]:
    """Return what happened to an issue, the oldest first. Raises RegisterError."""
    return issues.history_of(open_register(home_from(None)), identity)


def act(seen: Mapping[str, int], action: Action, actor: str) -> Outcome:
    """Do something with issues at the versions that were seen. Raises SamordnaError."""
    return issues.act(open_register(home_from(None)), seen, action, actor)
