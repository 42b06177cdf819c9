"""Made-up figures of meetings, notices and housing needs.

They stand beside what `coverage` has of the same municipalities and dates, with the columns and
types of real tables. The large municipality's figures change, those of the others stand still.
"""

from __future__ import annotations

import duckdb

# The records that the figures are counted from, with the systems they come from.
RECORDS = {"mote": "samspill", "melding": "arkiv", "bolig": "boligliste"}


def write(connection: duckdb.DuckDBPyConnection) -> None:
    """Add to `coverage`, and write `housing_need`."""
    _cover(connection)
    _house(connection)


def _cover(connection: duckdb.DuckDBPyConnection) -> None:
    """Of those with a coordinator a part has met; the others are counts of their own."""
    connection.execute(
        """
        insert into coverage
        with
            base as (
                select * from coverage
                where indicator = 'coordinator_coverage' and service_area = 'all' and numerator > 0
            ),
            whole as (select * from base where age_group = 'all'),
            made as (
                select
                    base.*, 'meeting_coverage' as made,
                    -- The old meet less; Asker meets more from year to year.
                    round(
                        base.numerator * case
                            when age_group in ('80-89', '90+') then 0.35
                            when age_group = '0-17' then 0.85
                            else 0.64
                        end
                        * case
                            when municipality_code = '3203'
                            then 1 - 0.08 * date_diff('month', reference_date, date '2025-12-31') / 12
                            else 1
                        end
                    )::bigint as made_numerator,
                    base.numerator as made_denominator
                from base
                union all
                select
                    participation.* exclude (meetings_with, meetings, participant),
                    'gp_participation', meetings_with, meetings
                from (
                    select whole.*, meetings_with, meetings, participant
                    from whole
                    inner join meeting_participation using (municipality_code, reference_date)
                    where participant = 'gp'
                ) as participation
            )
        select
            * exclude (made, made_numerator, made_denominator)
            replace (
                made as indicator,
                made_numerator as numerator,
                made_denominator as denominator,
                made_numerator / made_denominator as value,
                wilson(made_numerator, made_denominator, -1) as ci_low,
                wilson(made_numerator, made_denominator, 1) as ci_high
            )
        from made
        """
    )
    connection.execute(
        """
        insert into coverage
        with
            whole as (
                select * from coverage
                where
                    indicator = 'coordinator_coverage' and service_area = 'all'
                    and age_group = 'all'
            ),
            days as (
                select
                    municipality_code, reference_date, 'appointment_days' as made,
                    sum(appointed)::bigint as known,
                    quantile_cont(median_days, 0.5) as median_days,
                    quantile_cont(first_quartile, 0.5) as first_quartile,
                    quantile_cont(third_quartile, 0.5) as third_quartile
                from notice_sender
                where appointed > 0
                group by all
                union all
                select
                    municipality_code, reference_date, 'answer_days', notices, median_days,
                    first_quartile, third_quartile
                from notice_flow
                where step = 'received' and outcome = 'assessed'
                union all
                select
                    municipality_code, reference_date, 'housing_need', numerator // 10, numerator // 10,
                    null, null
                from whole
                where age_scheme = 'standard' and municipality_code <> '1134'
            )
        select
            whole.* replace (
                made as indicator,
                case when made = 'housing_need' then known end as numerator,
                case when made <> 'housing_need' then known end as denominator,
                coalesce(median_days, known) as value,
                first_quartile as ci_low,
                third_quartile as ci_high
            )
        from whole
        inner join days using (municipality_code, reference_date)
        """
    )


def _house(connection: duckdb.DuckDBPyConnection) -> None:
    """Spread the persons over the years about the date; some say no year."""
    connection.execute(
        """
        create table housing_need as
        with
            share as (
                from (values (-2, 0.05), (-1, 0.10), (0, 0.20), (1, 0.25), (2, 0.20), (4, 0.10),
                    (null, 0.10)) as made (ahead, share)
            )
        select
            municipality_code,
            reference_date,
            (extract(year from reference_date) + ahead)::integer as wanted_year,
            ceil(numerator * share)::bigint as persons,
            floor(numerator * share * 0.4)::bigint as around_the_clock
        from coverage
        cross join share
        where indicator = 'housing_need' and age_scheme = 'standard'
        order by municipality_code, reference_date, wanted_year
        """
    )
