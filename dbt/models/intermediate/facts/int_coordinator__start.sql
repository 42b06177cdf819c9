{#-
    The starts of counting assignments, for what is counted of flows: a change is a start after
    another coordinator's; one that goes on with the same coordinator under another role begins
    nothing, one who is there beside another changes nothing; and what was typed in with a backlog (counting rules, section 7) is no flow.
-#}
with
    assignment as (
        select
            municipality_code,
            person_number,
            assignment_number,
            first_day,
            is_migrated,
            is_second,
            coalesce(coordinator_key, 'assignment ' || assignment_number) as coordinator,
            lag(coalesce(coordinator_key, 'assignment ' || assignment_number)) over in_time
            as before,
            lag(last_day) over in_time as last_day_before
        from {{ ref("int_coordinator__assignment") }}
        where counts and not has_no_day
        window in_time as (partition by person_number order by first_day, assignment_number)
    )

select
    municipality_code,
    person_number,
    assignment_number,
    first_day,
    is_migrated,
    before is not null and before <> coordinator and not is_second as is_change
from assignment
where before is distinct from coordinator or last_day_before + 1 < first_day
