"""The made-up publication's indicators that are counted for everybody in a municipality only.

Made of the persons and the coordinators that are there. Senja changes coordinators less often from
its last year on; Suldal has reported few training needs.
"""

from __future__ import annotations

import datetime as dt

import duckdb

MIDDLE, SMALL = "5530", "1134"
FEWER_CHANGES_FROM = dt.date(2025, 7, 1)


def write(connection: duckdb.DuckDBPyConnection) -> None:
    """Add the rows to a `coverage` that holds persons_per_coordinator."""
    connection.execute(
        f"""
        insert into coverage
        with
            counted as (
                select
                    municipality_code, reference_date, segment,
                    numerator as persons, denominator as coordinators,
                    denominator - denominator // 10 as of_known_area,
                    case when municipality_code = '{SMALL}' then 6 else 24 end as needs,
                    case
                        when municipality_code <> '{MIDDLE}' then 0.09
                        when reference_date < date '{FEWER_CHANGES_FROM}' then 0.20
                        else 0.08
                    end as changing
                from coverage where indicator = 'persons_per_coordinator'
            ),
            by_indicator as (
                select
                    counted.*,
                    unnest([
                        {{'code': 'health_sector_share',
                         'of': of_known_area * 7 // 9, 'among': of_known_area}},
                        {{'code': 'coordinator_changes',
                         'of': round(persons * changing)::bigint, 'among': persons}},
                        {{'code': 'training_within_6_months',
                         'of': (needs * 3 // 4)::bigint, 'among': needs::bigint}},
                        {{'code': 'consent_share',
                         'of': persons * 9 // 10, 'among': persons - persons // 20}},
                    ]) as made
                from counted
            )
        select
            municipality_code, reference_date, 'standard', 'all', 'all', made.code,
            made.of, made.among,
            case made.code when 'coordinator_changes' then 100.0 else 1.0 end
            * made.of / made.among as value,
            case made.code
                when 'coordinator_changes'
                then greatest(0, 100 * poisson(made.of, made.among, -1))
                else greatest(0, wilson(made.of, made.among, -1))
            end,
            case made.code
                when 'coordinator_changes' then 100 * poisson(made.of, made.among, 1)
                else least(1, wilson(made.of, made.among, 1))
            end,
            'B', '2026.1', segment
        from by_indicator
        where made.among > 0
        order by all
        """
    )
