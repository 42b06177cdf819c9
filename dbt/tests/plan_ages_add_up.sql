-- The plans of every age are those of living_plan_share and plan_without_coordinator.
with
    figure as (
        select
            municipality_code,
            reference_date,
            max(denominator) filter (where indicator = 'living_plan_share') as plans,
            max(numerator) filter (where indicator = 'living_plan_share') as living,
            max(denominator - numerator) filter (
                where indicator = 'plan_without_coordinator'
            ) as with_coordinator
        from {{ ref("coverage") }}
        where
            age_scheme = 'standard'
            and age_group = 'all'
            and service_area = 'all'
            and indicator in ('living_plan_share', 'plan_without_coordinator')
        group by municipality_code, reference_date
    ),

    counted as (
        select
            municipality_code,
            reference_date,
            sum(plans) as plans,
            sum(living) as living,
            sum(with_coordinator) as with_coordinator
        from {{ ref("plan_age") }}
        group by municipality_code, reference_date
    )

select *
from counted
full join figure using (municipality_code, reference_date)
where
    counted.plans is distinct from figure.plans
    or counted.living is distinct from figure.living
    or counted.with_coordinator is distinct from figure.with_coordinator
