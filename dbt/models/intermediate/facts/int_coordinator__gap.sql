{#-
    Days without a coordinator between two assignments of a person who lived here meanwhile (counting
    rules, section 7). Grain: one row per gap.
-#}
with
    assignment as (
        select
            municipality_code,
            person_number,
            assignment_number,
            first_day,
            is_migrated,
            max(coalesce(last_day, date '9999-12-31')) over (
                partition by person_number
                order by first_day, assignment_number
                rows between unbounded preceding and 1 preceding
            ) as last_day_before
        from {{ ref("int_coordinator__assignment") }}
        where counts and not has_no_day
    )

select
    assignment.municipality_code,
    assignment.person_number,
    assignment.assignment_number,
    cast(assignment.last_day_before + 1 as date) as first_day,
    cast(assignment.first_day - 1 as date) as last_day,
    cast(assignment.first_day - assignment.last_day_before - 1 as integer) as days
from assignment
inner join {{ ref("int_person") }} as person using (person_number)
where
    assignment.last_day_before + 1 < assignment.first_day
    and not assignment.is_migrated
    -- Between two stays there is nobody to coordinate.
    and not coalesce(
        person.has_returned
        and person.moved_in > assignment.last_day_before
        and person.moved_in <= assignment.first_day,
        false
    )
