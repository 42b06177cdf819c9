-- Those without a coordinator or a plan are those of the target group less those who have one, in
-- every
-- cell of the standard scheme.
with
    counted as (
        select
            municipality_code,
            reference_date,
            if(indicator = 'plan_coverage', 'plan', 'coordinator') as lacking,
            age_group,
            service_area,
            denominator - numerator as persons
        from {{ ref("coverage") }}
        where age_scheme = 'standard' and indicator in ('coordinator_coverage', 'plan_coverage')
    ),

    told as (
        select
            municipality_code,
            reference_date,
            lacking,
            age_group,
            service_area,
            sum(persons) as persons
        from {{ ref("unmet_need") }}
        group by municipality_code, reference_date, lacking, age_group, service_area
    )

select *
from counted
full outer join told using (municipality_code, reference_date, lacking, age_group, service_area)
where coalesce(counted.persons, 0) <> coalesce(told.persons, 0)
