-- The persons at the end of a waterfall are those that the coverage counts.
with
    figure as (
        select municipality_code, reference_date, 'coordinator' as measure, numerator as persons
        from {{ ref("coverage") }}
        where
            indicator = 'coordinator_coverage'
            and age_scheme = 'standard'
            and age_group = 'all'
            and service_area = 'all'
        union all
        select municipality_code, reference_date, 'target_group' as measure, denominator as persons
        from {{ ref("coverage") }}
        where
            indicator = 'coordinator_coverage'
            and age_scheme = 'standard'
            and age_group = 'all'
            and service_area = 'all'
        union all
        select municipality_code, reference_date, 'plan' as measure, numerator as persons
        from {{ ref("coverage") }}
        where
            indicator = 'plan_coverage'
            and age_scheme = 'standard'
            and age_group = 'all'
            and service_area = 'all'
    ),

    reached as (
        select municipality_code, reference_date, measure, rows as persons
        from {{ ref("waterfall") }}
        where step = 'persons'
    )

select figure.*, reached.persons as reached
from figure
full outer join reached using (municipality_code, reference_date, measure)
where coalesce(figure.persons, 0) <> coalesce(reached.persons, 0)
