"""What KPR and KOSTRA would count on 31 December, beside our own figures."""

from __future__ import annotations

import datetime as dt
import functools
from dataclasses import dataclass

from dagster_project.publication.reader.publication import KEPT_ANSWERS, Publication, ask
from dashboards.queries.rows import of_date


@dataclass(frozen=True)
class Mirrored:
    """A figure as the register would count it, ours, and the register's own view of it.

    What the register counts lies from `low` to `high`: between none and all of the services without
    a code. Denominators are None where the figure is a number, the register's own view where nobody
    has typed it in.
    """

    figure: str
    services: int
    services_without_code: int
    low: int
    high: int
    recipients_low: int | None
    recipients_high: int | None
    share_low: float | None
    share_high: float | None
    ours: int
    target_group: int | None
    own_share: float | None
    elsewhere: int
    reported: int | None
    reported_recipients: int | None
    reported_share: float | None


@dataclass(frozen=True)
class Cause:
    """Why persons are counted by one alone: above 0 by us, below 0 by the register.

    `if_none` is so many if no service without a code counts, `if_all` if all do.
    """

    figure: str
    side: str
    cause: str
    if_none: int
    if_all: int


@dataclass(frozen=True)
class Touching:
    """Findings of a rule that touch persons whom the register and we count otherwise."""

    rule: str
    record: str
    findings: int
    persons: int


@functools.lru_cache(maxsize=KEPT_ANSWERS)
def newest_day(
    publication: Publication, municipality: str, reference_date: dt.date
) -> dt.date | None:
    """Return the last 31 December up to a date that the register can count; None without any."""
    ((day,),) = ask(
        publication,
        """
        select max(reference_date)
        from read_parquet($register_mirror)
        where municipality_code = $municipality and reference_date <= $reference_date
        """,
        municipality=municipality,
        reference_date=reference_date,
    )
    return day if isinstance(day, dt.date) else None


mirrored = of_date(
    Mirrored,
    """
    select
        figure, services, services_without_code, numerator_low, numerator_high, denominator_low,
        denominator_high, value_low, value_high, own_numerator, own_denominator, own_value,
        persons_elsewhere, reported_numerator, reported_denominator, reported_value
    from read_parquet($register_mirror)
    where {its_own}
    order by figure
    """,
)
# The causes of each figure, those of most persons first.
causes = of_date(
    Cause,
    """
    select figure, side, cause, persons_if_none, persons_if_all
    from read_parquet($register_mirror_cause)
    where {its_own}
    order by figure, side desc, abs(persons_if_none) desc, abs(persons_if_all) desc, cause
    """,
)
# What can be corrected, what touches most persons first.
findings = of_date(
    Touching,
    """
    select rule, record, findings, persons
    from read_parquet($register_mirror_finding)
    where {its_own} and figure = 'all'
    order by persons desc, findings desc, rule, record
    """,
)
