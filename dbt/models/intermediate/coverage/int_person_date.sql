{#-
    The target group: every resident, on every reference date, who has services enough, a
    coordinator or a plan (counting rules, section 6), with what the indicators ask of them.
-#}
{% set far_off = "date '9999-12-31'" %}
{% set bits = {
    "has_services": 1,
    "has_coordinator": 2,
    "has_child_coordinator": 4,
    "has_consent": 8,
    "has_consent_value": 16,
    "has_meeting": 32,
    "has_plan": 64,
    "has_living_plan": 128,
} %}

with
    -- Areas are counted as bits: that takes less room than to keep the areas of everybody.
    area as (
        select service_area, cast(row_number() over (order by service_area) as bigint) as place
        from (select distinct service_area from {{ ref("int_service") }})
    ),

    service as (
        select
            service.person_number,
            service.municipality_code,
            cast(1 as bigint) << area.place as area,
            service.first_day + definition.target_service_days as first_day,
            coalesce(service.last_day, {{ far_off }}) as last_day,
            definition.target_service_areas
        from {{ ref("int_service") }} as service
        inner join area on service.service_area = area.service_area
        inner join
            {{ ref("int_definition") }} as definition
            on service.municipality_code = definition.municipality_code
    ),

    -- Those with services in one area only are never of the target group by their services.
    in_areas as (
        select person_number
        from service
        group by person_number, target_service_areas
        having bit_count(bit_or(area)) >= target_service_areas
    ),

    by_service as (
        select service.person_number, reference.reference_date
        from (select * from service semi join in_areas using (person_number)) as service
        inner join
            {{ ref("int_reference_date") }} as reference
            on service.municipality_code = reference.municipality_code
            and reference.reference_date between service.first_day and service.last_day
        group by service.person_number, reference.reference_date, service.target_service_areas
        having bit_count(bit_or(service.area)) >= service.target_service_areas
    ),

    by_coordinator as (
        select
            assignment.person_number,
            reference.reference_date,
            bool_or(assignment.role = 'child_coordinator') as has_child_coordinator,
            bool_or(assignment.consent = 'yes') as has_consent,
            bool_or(assignment.consent is not null) as has_consent_value
        from {{ ref("int_coordinator__assignment") }} as assignment
        inner join
            {{ ref("int_reference_date") }} as reference
            on assignment.municipality_code = reference.municipality_code
            and reference.reference_date
            between assignment.first_day and coalesce(assignment.last_day, {{ far_off }})
        where assignment.counts and not assignment.has_no_day
        group by assignment.person_number, reference.reference_date
    ),

    met as (
        select by_coordinator.person_number, by_coordinator.reference_date
        from by_coordinator
        asof inner join
            (
                select distinct person_number, met_on from {{ ref("int_meeting") }} where counts
            ) as meeting
            on by_coordinator.person_number = meeting.person_number
            and by_coordinator.reference_date >= meeting.met_on
        where meeting.met_on >= by_coordinator.reference_date - 364
    ),

    by_plan as (
        select plan.person_number, reference.reference_date
        from {{ ref("int_plan") }} as plan
        inner join
            {{ ref("int_reference_date") }} as reference
            on plan.municipality_code = reference.municipality_code
            and reference.reference_date
            between plan.first_day and coalesce(plan.last_day, {{ far_off }})
        group by plan.person_number, reference.reference_date
    ),

    living as (
        select by_plan.person_number, by_plan.reference_date
        from by_plan
        inner join {{ ref("int_person") }} as person on by_plan.person_number = person.person_number
        inner join
            {{ ref("int_definition") }} as definition
            on person.municipality_code = definition.municipality_code
        inner join
            {{ ref("int_plan__event") }} as event
            on by_plan.person_number = event.person_number
            and event.event_day
            between by_plan.reference_date - definition.living_plan_days and by_plan.reference_date
        group by by_plan.person_number, by_plan.reference_date
    ),

    -- What is true of a person on a date is a number with a bit for each: that is quicker to put
    -- together than a column for each.
    flag as (
        select person_number, reference_date, {{ bits.has_services }} as flags
        from by_service
        union all
        select
            person_number,
            reference_date,
            {{ bits.has_coordinator }}
            | case when has_child_coordinator then {{ bits.has_child_coordinator }} else 0 end
            | case when has_consent then {{ bits.has_consent }} else 0 end
            | case when has_consent_value then {{ bits.has_consent_value }} else 0 end
        from by_coordinator
        union all
        select person_number, reference_date, {{ bits.has_meeting }}
        from met
        union all
        select person_number, reference_date, {{ bits.has_plan }}
        from by_plan
        union all
        select person_number, reference_date, {{ bits.has_living_plan }}
        from living
    ),

    member as (
        select
            person_number,
            reference_date,
            {% for what, bit in bits.items() -%}
                flags & {{ bit }} <> 0 as {{ what }} {%- if not loop.last %}, {% endif %}
            {% endfor %}
        from
            (
                select person_number, reference_date, bit_or(flags) as flags
                from flag
                group by person_number, reference_date
            )
    ),

    -- Who would have one if every quarantined row had counted.
    open as (
        select
            member.person_number,
            member.reference_date,
            bool_or(registration.what = 'coordinator') as for_coordinator,
            bool_or(registration.what = 'plan') as for_plan
        from member
        inner join
            {{ ref("int_open_registration") }} as registration
            on member.person_number = registration.person_number
            and member.reference_date >= coalesce(registration.first_day, member.reference_date)
            and member.reference_date <= coalesce(registration.last_day, member.reference_date)
        group by member.person_number, member.reference_date
    )

select
    person.municipality_code,
    member.reference_date,
    member.person_number,
    cast({{ age_on("person.birth_date", "member.reference_date") }} as smallint) as age,
    member.has_services,
    member.has_coordinator,
    member.has_child_coordinator,
    member.has_consent,
    member.has_consent_value,
    member.has_meeting,
    member.has_plan,
    member.has_living_plan,
    member.has_coordinator or coalesce(open.for_coordinator, false) as may_have_coordinator,
    member.has_plan or coalesce(open.for_plan, false) as may_have_plan
from member
left join
    open
    on member.person_number = open.person_number
    and member.reference_date = open.reference_date
inner join {{ ref("int_person") }} as person on member.person_number = person.person_number
where
    member.reference_date >= coalesce(person.moved_in, member.reference_date)
    and member.reference_date <= coalesce(person.last_resident_day, member.reference_date)
    and member.reference_date >= coalesce(person.birth_date, member.reference_date)
