{#-
    From the registrations taken in to the persons of the target group on each reference date. What a
    step takes away is negative. Grain: one row per municipality, reference date and step.
-#}
{#- What the steps from services to persons add to or take away. -#}
{% set persons = {
    "same_person": "with_services - services",
    "too_few_areas": "with_services_enough - with_services",
    "by_coordinator_or_plan": "members - members_with_services_enough",
    "not_resident": "members_with_services_enough - with_services_enough",
    "persons": "members",
} %}

with
    service as (
        select
            placed.municipality_code,
            person.person_number,
            placed.service_area,
            placed.first_day,
            placed.first_day + definition.target_service_days as long_enough_day,
            coalesce(
                least(placed.last_day, placed.withdrawn_last_day) < placed.first_day, false
            ) as has_no_day,
            -- The days after the last one: as registered, and with the withdrawal.
            placed.last_day + 1 as ended_day,
            least(placed.last_day, placed.withdrawn_last_day) + 1 as gone_day
        from {{ ref("int_service__row") }} as placed
        inner join
            {{ ref("int_person") }} as person
            on placed.municipality_code = person.municipality_code
            and placed.person_key = person.person_key
        inner join
            {{ ref("int_definition") }} as definition
            on placed.municipality_code = definition.municipality_code
        where placed.disposition = 'counted'
    ),

    long_enough as (
        select
            service.municipality_code,
            service.person_number,
            service.long_enough_day as first_day,
            cast(service.gone_day - 1 as date) as last_day,
            area.bit as area
        from service
        inner join {{ ref("int_service_area") }} as area using (service_area)
        where not service.has_no_day
    ),

    {{
        runs(
            "served",
            spells="long_enough",
            of="municipality_code, person_number",
            what={"areas": "bit_count(bit_or(area))"},
        )
    }},

    span as (
        select
            municipality_code, 'no_day_left' as step, date '-infinity' as first_day, null as until
        from service
        where has_no_day
        union all
        select municipality_code, 'not_begun', date '-infinity', first_day
        from service
        where not has_no_day
        union all
        select municipality_code, 'too_recent', first_day, least(long_enough_day, gone_day)
        from service
        where not has_no_day
        union all
        select municipality_code, 'in_force', least(long_enough_day, gone_day), gone_day
        from service
        where not has_no_day
        union all
        select municipality_code, 'withdrawn', gone_day, ended_day
        from service
        where not has_no_day and gone_day is not null
        union all
        select municipality_code, 'ended', ended_day, null
        from service
        where not has_no_day and ended_day is not null
        union all
        -- The persons whose services they are, and those of them with services enough.
        select municipality_code, 'with_services', from_date, until_date
        from served
        union all
        select served.municipality_code, 'with_services_enough', served.from_date, served.until_date
        from served
        inner join {{ ref("int_definition") }} as definition using (municipality_code)
        where served.areas >= definition.target_service_areas
    ),

    {{ registrations_on_dates("span") }},

    on_date as (
        select
            municipality_code,
            reference_date,
            coalesce(max(rows) filter (where step = 'in_force'), 0) as services,
            coalesce(max(rows) filter (where step = 'with_services'), 0) as with_services,
            coalesce(
                max(rows) filter (where step = 'with_services_enough'), 0
            ) as with_services_enough,
            0 as members,
            0 as members_with_services_enough
        from step_on_date
        group by municipality_code, reference_date
        union all
        select municipality_code, reference_date, 0, 0, 0, count(*), count_if(has_services)
        from {{ ref("int_person_date") }}
        group by municipality_code, reference_date
    ),

    dated as (
        select
            municipality_code,
            reference_date,
            step,
            case when step = 'in_force' then rows else - rows end as rows
        from step_on_date
        where step not in ('with_services', 'with_services_enough')
        {% for step, rows in persons.items() -%}
            union all
            select municipality_code, reference_date, '{{ step }}', sum({{ rows }})
            from on_date
            group by municipality_code, reference_date
            having sum({{ rows }}) <> 0
        {% endfor -%}
    )

select municipality_code, reference_date, step, rows
from dated
