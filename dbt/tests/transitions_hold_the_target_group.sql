-- Everybody of the target group who is 16 or 17 turns 18 within two years, everybody of 14 or 15
-- turns 16; besides them only those who had the birthday earlier in the quarter.
with
    of_age as (
        select
            municipality_code,
            reference_date,
            unnest([16, 18]) as turns,
            unnest(
                [count(*) filter (where age in (14, 15)), count(*) filter (where age in (16, 17))]
            ) as at_least,
            unnest(
                [
                    count(*) filter (where age between 13 and 16),
                    count(*) filter (where age between 15 and 18)
                ]
            ) as at_most
        from {{ ref("int_person_date") }}
        group by municipality_code, reference_date
    ),

    figure as (
        select municipality_code, reference_date, denominator as target_group
        from {{ ref("coverage") }}
        where
            age_scheme = 'childhood'
            and age_group = '16-17'
            and service_area = 'all'
            and indicator = 'coordinator_coverage'
    ),

    counted as (
        select municipality_code, reference_date, turns, sum(persons) as persons
        from {{ ref("transition") }}
        group by municipality_code, reference_date, turns
    )

select of_age.*, counted.persons, figure.target_group
from of_age
left join counted using (municipality_code, reference_date, turns)
left join figure using (municipality_code, reference_date)
where
    coalesce(counted.persons, 0) not between of_age.at_least
    and of_age.at_most
    or (of_age.turns = 18 and coalesce(figure.target_group, 0) <> of_age.at_least)
