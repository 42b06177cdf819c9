-- The units' persons sum to those of their area, the areas' to all, and all of them are those who
-- have
-- a coordinator.
with
    counted as (
        select municipality_code, reference_date, sum(persons) as persons
        from {{ ref("unit_count") }}
        where unit <> 'all'
        group by municipality_code, reference_date
        union all
        select municipality_code, reference_date, sum(persons)
        from {{ ref("unit_count") }}
        where unit = 'all' and service_area <> 'all'
        group by municipality_code, reference_date
        union all
        select municipality_code, reference_date, persons
        from {{ ref("unit_count") }}
        where unit = 'all' and service_area = 'all'
    )

select counted.*, figure.numerator
from counted
left join
    {{ ref("coverage") }} as figure
    on counted.municipality_code = figure.municipality_code
    and counted.reference_date = figure.reference_date
    and figure.indicator = 'coordinator_coverage'
    and figure.age_scheme = 'standard'
    and figure.age_group = 'all'
    and figure.service_area = 'all'
where counted.persons is distinct from figure.numerator
