"""Made-up meetings and notices for the made-up publication, with the columns and types of real ones.

They are of the municipalities and dates that `coverage` has there, and counted from single meetings
and notices, so that the tables agree with one another.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator, Sequence
from typing import Any

import duckdb
import pyarrow as pa

# Share of the meetings, whether they count.
_TYPES = {
    "coordination_meeting": (0.52, True),
    "collaboration_meeting": (0.33, True),
    "coordinator_meeting": (0.05, False),
    "contact": (0.10, False),
}
# In which share of the meetings somebody is.
_PRESENT = {
    "gp": 0.28,
    "user": 0.62,
    "family": 0.38,
    "coordinator": 0.94,
    "home_care": 0.22,
    "mental_health": 0.34,
    "rehabilitation": 0.18,
    "school": 0.24,
    "educational_psychology": 0.15,
    "social_services": 0.25,
    "specialist": 0.12,
    "other": 0.04,
}
# When the first meetings are called by the name of a follow-up team.
_FIRST_TEAMS = dt.date(2020, 1, 1)
_AREAS = (
    "home_care residential_care mental_health disability rehabilitation child_health "
    "primary_medical allocation kindergarten school educational_psychology child_welfare "
    "social_services integration specialist"
).split()
_PARTICIPANTS = ["gp", "user", "family", "coordinator", "other", "not_recorded", *_AREAS]
_SENDERS = {
    "municipal_service": 0.45, "gp": 0.15, "hospital": 0.14, "user_or_family": 0.20, "other": 0.04,
    "not_recorded": 0.02,
}  # fmt: skip
_OUTCOMES = {
    "coordinator": 0.48, "coordinator_and_plan": 0.26, "plan": 0.02, "pending": 0.02,
    "not_recorded": 0.01, "rejected": 0.13, "withdrawn": 0.08,
}  # fmt: skip
_WAITING = "'awaiting_assessment', 'awaiting_coordinator', 'without_plan', 'without_meeting'"
_ORDER = """
    case {0}
        when 'received' then 1 when 'assessed' then 2 when 'awaiting_assessment' then 2
        when 'appointed' then 4 when 'has_coordinator' then 4 when 'awaiting_coordinator' then 4
        when 'closed' then 4 when 'plan_begun' then 5 when 'has_plan' then 5
        when 'without_plan' then 5 when 'met' then 6 when 'without_meeting' then 6 else 3
    end::integer
"""


def write(connection: duckdb.DuckDBPyConnection) -> None:
    """Write the six tables; they are empty where `coverage` is."""
    sizes = connection.sql(
        """
        select
            municipality_code, arg_max(denominator, reference_date),
            min(reference_date) - 730, max(reference_date)
        from coverage
        where
            indicator = 'coordinator_coverage' and age_scheme = 'standard'
            and age_group = 'all' and service_area = 'all'
        group by municipality_code
        order by municipality_code
        """
    ).fetchall()
    _made(
        connection,
        "made_meeting",
        "municipality_code text, person integer, met_on date, meeting_type text, counts boolean, "
        "present text[], form text",
        [row for size in sizes for row in _meetings(*size)],
    )
    _made(
        connection,
        "made_notice",
        "municipality_code text, received_on date, sender text, outcome text, assessed_on date, "
        "appointed_on date, plan_on date, met_on date, had boolean",
        [row for size in sizes for row in _notices(*size)],
    )
    connection.execute(
        "create table made_date as select distinct municipality_code, reference_date from coverage"
    )
    _write_meetings(connection)
    _write_flow(connection)
    _write_notices(connection)
    for name in ("made_meeting", "made_notice", "made_date"):
        connection.execute(f"drop table {name}")


def _made(
    connection: duckdb.DuckDBPyConnection, name: str, columns: str, rows: Sequence[tuple[Any, ...]]
) -> None:
    connection.execute(f"create table {name} ({columns})")
    if rows:
        names = [f"c{number}" for number in range(len(rows[0]))]
        made = pa.table(dict(zip(names, zip(*rows, strict=True), strict=True)))
        connection.register("made", made)
        connection.execute(f"insert into {name} select * from made")
        connection.unregister("made")


def _days(size: float, a_year: float, first: dt.date, last: dt.date) -> Iterator[dt.date]:
    """Yield days on which something happens, evenly spread, fewer in July."""
    number = round(size * a_year * (last - first).days / 365)
    for each in range(number):
        day = first + dt.timedelta(days=round((last - first).days * each / number))
        if day.month != 7 or each % 3 == 0:
            yield day


def _meetings(code: str, size: int, first: dt.date, last: dt.date) -> Iterator[tuple[Any, ...]]:
    chance = random.Random(f"meetings of {code}")
    names = random.Random(f"forms of the meetings of {code}")
    for day in _days(size, 0.6, first, last):
        (kind,) = chance.choices(list(_TYPES), [share for share, _ in _TYPES.values()])
        present = [name for name, share in _PRESENT.items() if chance.random() < share]
        told = present if chance.random() < 0.97 else []
        person = chance.randrange(max(1, size // 2))
        yield code, person, day, kind, _TYPES[kind][1], told, _form(names, day)


def _form(chance: random.Random, day: dt.date) -> str:
    """Return what a meeting is called: follow-up teams take over from the first year on."""
    passed = (day - _FIRST_TEAMS).days / 365
    if chance.random() < 0.08:
        return "other"
    is_team = chance.random() < min(0.9, max(0.1, 0.1 + 0.16 * passed))
    return "follow_up_team" if is_team else "responsibility_group"


def _notices(code: str, size: int, first: dt.date, last: dt.date) -> Iterator[tuple[Any, ...]]:
    chance = random.Random(f"notices of {code}")

    def after(day: dt.date, least: int, mean: float) -> dt.date:
        return day + dt.timedelta(days=least + round(chance.expovariate(1 / mean)))

    for received in _days(size, 0.18, first, last):
        (sender,) = chance.choices(list(_SENDERS), list(_SENDERS.values()))
        (outcome,) = chance.choices(list(_OUTCOMES), list(_OUTCOMES.values()))
        refused = outcome in ("rejected", "withdrawn")
        assessed = None if chance.random() < 0.03 else after(received, 2, 15.0)
        had = not refused and chance.random() < 0.06
        appointed = None
        if chance.random() < (0.04 if refused else 0.0 if had else 0.88):
            appointed = after(assessed or received, 5, 45.0)
        planned = after(appointed, 10, 90.0) if appointed and chance.random() < 0.5 else None
        met = after(appointed or received, 14, 80.0) if chance.random() < 0.7 else None
        yield code, received, sender, outcome, assessed, appointed, planned, met, had


def _write_meetings(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(
        """
        create table meeting_count as
        select
            municipality_code, date_trunc('month', met_on)::date as month, meeting_type,
            counts as counts_for_followup, count(*)::bigint as meetings,
            count(distinct person)::bigint as persons,
            count(*) filter (where list_contains(present, 'gp'))::bigint as with_gp
        from made_meeting
        group by all
        order by municipality_code, month, meeting_type
        """
    )
    connection.execute(
        """
        create table meeting_form_count as
        select
            municipality_code, date_trunc('month', met_on)::date as month, form as meeting_form,
            count(*)::bigint as meetings
        from made_meeting
        where meeting_type = 'coordination_meeting'
        group by all
        order by municipality_code, month, meeting_form
        """
    )
    connection.execute(
        """
        create table meeting_participation as
        select
            municipality_code, reference_date, participant,
            count(*) filter (
                where
                    list_contains(present, participant)
                    or (participant = 'not_recorded' and present = [])
            )::bigint as meetings_with,
            count(*)::bigint as meetings
        from made_date
        inner join made_meeting using (municipality_code)
        cross join (select unnest($participants) as participant)
        where counts and met_on between reference_date - 364 and reference_date
        group by all
        order by municipality_code, reference_date, participant
        """,
        {"participants": _PARTICIPANTS},
    )


def _write_flow(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(
        f"""
        create table notice_flow as
        with
            seen as (
                select
                    *, coalesce(assessed_on <= reference_date, false) as is_assessed,
                    coalesce(appointed_on <= reference_date, false) as is_appointed
                from made_date
                inner join made_notice using (municipality_code)
                where received_on between reference_date - 364 and reference_date
            ),
            path as (
                select
                    *,
                    case
                        when is_assessed then 'assessed' when is_appointed then 'appointed'
                        else 'awaiting_assessment'
                    end as first_step,
                    case
                        when is_appointed then 'appointed' when not is_assessed then null
                        when outcome in ('rejected', 'withdrawn') then 'closed'
                        when had then 'has_coordinator' else 'awaiting_coordinator'
                    end as to_coordinator,
                    case
                        when plan_on <= reference_date then 'plan_begun' when had then 'has_plan'
                        else 'without_plan'
                    end as to_plan,
                    case when met_on <= reference_date then 'met' else 'without_meeting' end
                    as to_meeting
                from seen
            ),
            link as (
                select * exclude (outcome), 'received' as step, first_step as outcome from path
                union all
                select * exclude (outcome), 'assessed', outcome from path where is_assessed
                union all
                select * exclude (outcome), outcome, to_coordinator from path where is_assessed
                union all
                select * exclude (outcome), to_coordinator, to_plan from path
                where to_coordinator in ('appointed', 'has_coordinator')
                union all
                select * exclude (outcome), to_plan, to_meeting from path
                where to_coordinator in ('appointed', 'has_coordinator')
            ),
            timed as (
                select
                    *,
                    case
                        when outcome in ({_WAITING}) then reference_date
                        when outcome = 'appointed' then appointed_on
                        when outcome = 'plan_begun' then plan_on
                        when outcome = 'met' then met_on
                        when outcome not in ('has_coordinator', 'has_plan') then assessed_on
                    end - received_on as days
                from link
            )
        select
            municipality_code, reference_date, step, {_ORDER.format("step")} as step_order, outcome,
            {_ORDER.format("outcome")} as outcome_order, outcome in ({_WAITING}) as is_waiting,
            count(*)::bigint as notices, quantile_cont(days, 0.5) as median_days,
            quantile_cont(days, 0.25) as first_quartile,
            quantile_cont(days, 0.75) as third_quartile, count(days)::bigint as days_known
        from timed
        group by all
        order by municipality_code, reference_date, step_order, step, outcome_order, outcome
        """
    )


def _write_notices(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(
        """
        create table notice_sender as
        with
            seen as (
                select
                    *, received_on >= reference_date - 364 as is_late,
                    case
                        when received_on < reference_date - 364 and appointed_on - received_on <= 365
                        then appointed_on - received_on
                    end as days
                from made_date
                inner join made_notice using (municipality_code)
                where received_on between reference_date - 729 and reference_date
            )
        select
            municipality_code, reference_date, sender,
            count(*) filter (where is_late)::bigint as notices,
            count(assessed_on) filter (where is_late)::bigint as assessed,
            count(*) filter (where not is_late)::bigint as notices_year_before,
            count(days)::bigint as appointed,
            quantile_cont(days, 0.25) as first_quartile,
            quantile_cont(days, 0.5) as median_days,
            quantile_cont(days, 0.75) as third_quartile
        from seen
        group by all
        order by municipality_code, reference_date, sender
        """
    )
    connection.execute(
        """
        create table notice_survival as
        with
            told as (
                select
                    municipality_code, reference_date,
                    coalesce(appointed_on <= reference_date, false) as is_appointed,
                    (least(appointed_on, reference_date) - received_on)::integer as days
                from made_date
                inner join made_notice using (municipality_code)
                where received_on between reference_date - 729 and reference_date
            ),
            by_day as (
                select
                    municipality_code, reference_date, days,
                    count(*) filter (where is_appointed) as appointed,
                    count(*) filter (where not is_appointed) as censored
                from told
                group by all
            )
        select
            municipality_code, reference_date, days,
            (
                sum(appointed + censored) over (
                    partition by municipality_code, reference_date order by days desc
                )
            )::bigint as at_risk,
            appointed::bigint as appointed, censored::bigint as censored
        from by_day
        order by municipality_code, reference_date, days
        """
    )
