{#-
    Who has reported in each round, and who has not: the units that the municipality has listed, else
    those that have reported in a round of the two years before.
-#}
with
    report as (
        select distinct
            round.municipality_code,
            round.reference_date,
            reported.unit,
            reported.service_area,
            reported.counted_on
        from {{ ref("int_reported_count") }} as reported
        inner join
            {{ ref("int_reporting_round") }} as round
            on reported.municipality_code = round.municipality_code
            and reported.counted_on = round.counted_on
    ),

    round as (select distinct municipality_code, reference_date from report),

    expected as (
        select
            round.municipality_code, round.reference_date, unit.unit, unit.service_area, unit.owner
        from round
        inner join
            {{ source("landing", "unit") }} as unit
            on round.municipality_code = unit.municipality_code
            and round.reference_date >= coalesce(unit.first_day, round.reference_date)
            and round.reference_date <= coalesce(unit.last_day, round.reference_date)
        union all
        select
            round.municipality_code,
            round.reference_date,
            report.unit,
            arg_max(report.service_area, (report.counted_on, report.service_area)),
            null
        from round
        inner join
            report
            on round.municipality_code = report.municipality_code
            and report.reference_date between round.reference_date - 730 and round.reference_date
        where
            round.municipality_code
            not in (select municipality_code from {{ source("landing", "unit") }})
        group by round.municipality_code, round.reference_date, report.unit
    )

select
    expected.municipality_code,
    expected.reference_date,
    expected.unit,
    any_value(expected.service_area) as service_area,
    any_value(expected.owner) as owner,
    coalesce(bool_or(report.reference_date = expected.reference_date), false) as has_reported,
    max(report.counted_on) as last_reported_on
from expected
left join
    report
    on expected.municipality_code = report.municipality_code
    and expected.unit = report.unit
    and report.reference_date <= expected.reference_date
group by expected.municipality_code, expected.reference_date, expected.unit
