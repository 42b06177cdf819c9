-- No more persons are told apart by their rows than turn the age in the quarter.
with
    told_apart as (
        select
            municipality_code,
            reference_date,
            turns,
            quarter,
            count(distinct case_number) as persons
        from {{ ref("transition_row") }}
        group by municipality_code, reference_date, turns, quarter
    )

select told_apart.*, counted.persons as counted
from told_apart
left join
    {{ ref("transition") }} as counted using (municipality_code, reference_date, turns, quarter)
where told_apart.persons > coalesce(counted.persons, 0)
