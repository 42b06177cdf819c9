{#- The plans in force on each reference date, by how long ago they were created. -#}
with
    plan as (
        select
            member.municipality_code,
            member.reference_date,
            {{ age_on("plan.first_day", "member.reference_date") }} as years,
            member.has_living_plan,
            member.has_plan_living_without_minutes,
            member.has_plan_living_with_minutes,
            member.has_coordinator
        from {{ ref("int_person_date") }} as member
        inner join
            {{ ref("int_plan") }} as plan
            on member.person_number = plan.person_number
            and member.reference_date
            between plan.first_day and coalesce(plan.last_day, date '9999-12-31')
        where member.has_plan
    )

select
    municipality_code,
    reference_date,
    case
        when years <= 2 then cast(years as text) when years <= 4 then '3-4' else '5+'
    end as age_of_plan,
    cast(count(*) as bigint) as plans,
    cast(count(*) filter (where has_living_plan) as bigint) as living,
    cast(
        count(*) filter (where has_plan_living_without_minutes) as bigint
    ) as living_without_minutes,
    cast(count(*) filter (where has_plan_living_with_minutes) as bigint) as living_with_minutes,
    cast(count(*) filter (where has_coordinator) as bigint) as with_coordinator
from plan
group by all
