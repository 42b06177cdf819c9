{#-
    The target group: every resident, on every reference date, who has services enough, a
    coordinator or a plan (counting rules, section 6), with what the indicators ask of them.
-#}
{% set bits = {
    "has_coordinator": 1,
    "has_child_coordinator": 2,
    "has_consent": 4,
    "has_consent_value": 8,
    "has_meeting": 16,
    "has_plan": 32,
    "has_worked_plan": 64,
    "is_open_for_coordinator": 128,
    "is_open_for_plan": 256,
    "has_minutes": 512,
} %}

with
    service as (
        select
            service.person_number,
            service.first_day,
            service.last_day,
            -- A unit that comes to another area begins no service anew.
            greatest(
                service.first_day, service.registered_first_day + definition.target_service_days
            ) as long_enough_day,
            area.bit as area,
            definition.target_service_areas
        from {{ ref("int_service") }} as service
        inner join {{ ref("int_service_area") }} as area using (service_area)
        inner join {{ ref("int_definition") }} as definition using (municipality_code)
    ),

    assignment as (
        select * from {{ ref("int_coordinator__assignment") }} where counts and not has_no_day
    ),

    -- Those with services in one area only are never of the target group by their services.
    candidate as (
        select person_number
        from service
        group by person_number, target_service_areas
        having bit_count(bit_or(area)) >= target_service_areas
        union
        select person_number
        from assignment
        union
        select person_number
        from {{ ref("int_plan") }}
    ),

    -- Few periods are left of many meetings.
    met_on as (
        select meeting.person_number, meeting.met_on as day, 364 as days
        from {{ ref("int_meeting") }} as meeting
        semi join assignment using (person_number)
        where meeting.counts
    ),

    met as ({{ renewed("met_on") }}),

    lived_on as (
        select event.person_number, event.event_day as day, definition.living_plan_days as days
        from {{ ref("int_plan__event") }} as event
        inner join {{ ref("int_person") }} as person using (person_number)
        inner join {{ ref("int_definition") }} as definition using (municipality_code)
    ),

    lived as ({{ renewed("lived_on") }}),

    -- Minutes of a meeting that counts, which may be all the plan that there is.
    minutes_on as (
        select meeting.person_number, meeting.met_on as day, definition.living_plan_days as days
        from {{ ref("int_meeting") }} as meeting
        semi join {{ ref("int_plan") }} using (person_number)
        inner join {{ ref("int_definition") }} as definition using (municipality_code)
        where meeting.counts and meeting.has_minutes
    ),

    minuted as ({{ renewed("minutes_on") }}),

    -- What is true of whom from which day to which. A number with a bit for each: that is quicker
    -- to
    -- put together than a column for each.
    spell as (
        select person_number, first_day, last_day, 0 as flags, area as areas, 0 as long_enough_areas
        from service
        union all
        select person_number, long_enough_day, last_day, 0, 0, area
        from service
        union all
        select
            person_number,
            first_day,
            last_day,
            {{ bits.has_coordinator }}
            | case when role = 'child_coordinator' then {{ bits.has_child_coordinator }} else 0 end
            | case when consent = 'yes' then {{ bits.has_consent }} else 0 end
            | case when consent is not null then {{ bits.has_consent_value }} else 0 end,
            0,
            0
        from assignment
        union all
        select person_number, first_day, last_day, {{ bits.has_meeting }}, 0, 0
        from met
        union all
        select person_number, first_day, last_day, {{ bits.has_plan }}, 0, 0
        from {{ ref("int_plan") }}
        union all
        select person_number, first_day, last_day, {{ bits.has_worked_plan }}, 0, 0
        from lived
        union all
        select person_number, first_day, last_day, {{ bits.has_minutes }}, 0, 0
        from minuted
        union all
        -- Who would have one if every quarantined row had counted.
        select
            person_number,
            coalesce(first_day, date '-infinity'),
            last_day,
            case
                what
                when 'coordinator'
                then {{ bits.is_open_for_coordinator }}
                else {{ bits.is_open_for_plan }}
            end,
            0,
            0
        from {{ ref("int_open_registration") }}
    ),

    of_candidate as (
        select spell.*, person.municipality_code
        from spell
        semi join candidate using (person_number)
        inner join {{ ref("int_person") }} as person using (person_number)
    ),

    {{
        runs(
            "state",
            spells="of_candidate",
            of="person_number",
            what={
                "flags": "bit_or(flags)",
                "areas": "bit_or(areas)",
                "long_enough_areas": "bit_or(long_enough_areas)",
            },
        )
    }},

    member as (
        select
            person.municipality_code,
            person.person_number,
            person.birth_date,
            person.moved_in,
            person.last_resident_day,
            state.from_date,
            state.until_date,
            state.areas,
            bit_count(state.long_enough_areas) >= definition.target_service_areas as has_services,
            definition.minutes_keep_plan,
            {% for what, bit in bits.items() -%}
                state.flags & {{ bit }} <> 0 as {{ what }} {%- if not loop.last %}, {% endif %}
            {% endfor %}
        from state
        inner join {{ ref("int_person") }} as person using (person_number)
        inner join {{ ref("int_definition") }} as definition using (municipality_code)
        where has_services or has_coordinator or has_plan
    )

select
    member.municipality_code,
    reference.reference_date,
    member.person_number,
    cast({{ age_on("member.birth_date", "reference.reference_date") }} as smallint) as age,
    member.areas,
    member.has_services,
    member.has_coordinator,
    member.has_child_coordinator,
    member.has_consent,
    member.has_consent_value,
    member.has_coordinator and member.has_meeting as has_meeting,
    member.has_plan,
    member.has_plan
    and (
        member.has_worked_plan or (member.has_minutes and member.minutes_keep_plan)
    ) as has_living_plan,
    -- By either reading, whichever the municipality has chosen.
    member.has_plan and member.has_worked_plan as has_plan_living_without_minutes,
    member.has_plan
    and (member.has_worked_plan or member.has_minutes) as has_plan_living_with_minutes,
    member.has_coordinator or member.is_open_for_coordinator as may_have_coordinator,
    member.has_plan or member.is_open_for_plan as may_have_plan
from member
inner join
    {{ ref("int_reference_date") }} as reference
    on member.municipality_code = reference.municipality_code
    and reference.reference_date >= member.from_date
    and reference.reference_date < member.until_date
where {{ lives_here_on("member", "reference.reference_date") }}
