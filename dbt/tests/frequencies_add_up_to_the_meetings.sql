-- Those with a coordinator are there once, and those with a meeting are the indicator's.
with
    counted as (
        select
            municipality_code,
            reference_date,
            sum(persons) as persons,
            sum(persons) filter (where meetings_in_year <> '0') as met
        from {{ ref("meeting_frequency") }}
        group by municipality_code, reference_date
    ),

    figure as (
        select municipality_code, reference_date, denominator, numerator
        from {{ ref("coverage") }}
        where
            indicator = 'meeting_coverage'
            and age_scheme = 'standard'
            and age_group = 'all'
            and service_area = 'all'
    )

select *
from counted
full outer join figure using (municipality_code, reference_date)
where
    counted.persons is distinct from figure.denominator
    or coalesce(counted.met, 0) is distinct from figure.numerator
