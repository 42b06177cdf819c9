-- A coordinator is there once, trained or not: of all areas as many as the indicator counts.
with
    counted as (
        select
            municipality_code,
            reference_date,
            max(coordinators) filter (where service_area = 'all') as everywhere,
            sum(coordinators) filter (where service_area <> 'all') as by_area
        from {{ ref("trained_coordinator") }}
        group by municipality_code, reference_date
    ),

    figure as (
        select municipality_code, reference_date, denominator
        from {{ ref("coverage") }}
        where indicator = 'persons_per_coordinator' and age_scheme = 'standard'
    )

select *
from counted
full outer join figure using (municipality_code, reference_date)
where
    counted.everywhere is distinct from figure.denominator
    or counted.by_area is distinct from figure.denominator
