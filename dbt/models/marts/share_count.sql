{#-
    The target group in the cells that a share package is made of, as counted: nothing is protected
    here. Cells are small and told apart once, so that every figure of the package is a sum of them.
-#}
with
    -- A register that has no row yet says nothing of who lacks what it holds: without coordinators,
    -- plans or services there are no cells of the date; without meetings, none of who has met.
    counted_date as (
        select
            municipality_code,
            reference_date,
            bool_or(indicator = 'meeting_coverage' and grade <> 'X') as has_meetings
        from {{ ref("int_comparability") }}
        where
            indicator in ('both_coverage', 'meeting_coverage')
            and extract(day from reference_date + interval 1 day) = 1
        group by municipality_code, reference_date
        having bool_or(indicator = 'both_coverage' and grade <> 'X')
    ),

    counted as (
        select
            member.municipality_code,
            member.reference_date,
            member.areas,
            age.age_group,
            case
                when not member.has_coordinator
                then 'none'
                when not counted_date.has_meetings
                then 'unknown'
                when member.has_meeting
                then 'with_meeting'
                else 'without_meeting'
            end as coordinator,
            case
                when not member.has_plan
                then 'none'
                when member.has_living_plan
                then 'living'
                else 'not_living'
            end as plan,
            count(*) as persons
        from {{ ref("int_person_date") }} as member
        inner join counted_date using (municipality_code, reference_date)
        inner join
            {{ ref("int_finest_age_group") }} as age on member.age is not distinct from age.age
        group by
            member.municipality_code,
            member.reference_date,
            member.areas,
            age.age_group,
            coordinator,
            plan
    ),

    counted_in as ({{ counted_in("counted") }})

select
    counted.municipality_code,
    counted.reference_date,
    counted_in.service_area,
    counted.age_group,
    counted.coordinator,
    counted.plan,
    cast(sum(counted.persons) as bigint) as persons
from counted
inner join counted_in using (areas)
-- An area that nobody knows is nobody else's to compare with: a package is a closed list.
where counted_in.service_area <> 'unknown'
group by
    counted.municipality_code,
    counted.reference_date,
    counted_in.service_area,
    counted.age_group,
    counted.coordinator,
    counted.plan
