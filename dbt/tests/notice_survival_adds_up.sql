-- Who is at risk is who has not been appointed or censored before; and nobody whom appointment_days
-- counts is missing, where it looks at no day after the date.
with
    row_after_row as (
        select
            *,
            lead(at_risk, 1, 0) over (
                partition by municipality_code, reference_date order by days
            ) as next_at_risk
        from {{ ref("notice_survival") }}
    ),

    appointed as (
        select municipality_code, reference_date, sum(appointed) as appointed
        from {{ ref("notice_survival") }}
        group by all
    )

select municipality_code, reference_date, at_risk as one, next_at_risk as other
from row_after_row
where at_risk - appointed - censored <> next_at_risk
union all
select municipality_code, reference_date, coverage.denominator, appointed.appointed
from {{ ref("coverage") }} as coverage
inner join {{ ref("int_definition") }} as definition using (municipality_code)
left join appointed using (municipality_code, reference_date)
where
    definition.appointment_limit_days <= 365
    and coverage.indicator = 'appointment_days'
    and coverage.age_scheme = 'standard'
    and coverage.age_group = 'all'
    and coverage.denominator > coalesce(appointed.appointed, 0)
