{#-
    What the registrations say on the days that units counted, by the coordinators' own service area:
    coordinators, the persons whom they follow up, those of them with a plan, and the meetings of the
    365 days up to the day in which the person had a coordinator of the area.
-#}
{% set far_off = "date '9999-12-31'" %}

with
    counting_day as (
        select distinct municipality_code, counted_on from {{ ref("int_reported_count") }}
    ),

    held as (
        select
            day.municipality_code,
            day.counted_on,
            assignment.person_number,
            assignment.assignment_number,
            assignment.first_day,
            least(coalesce(assignment.last_day, {{ far_off }}), day.counted_on) as until,
            day.counted_on <= coalesce(assignment.last_day, {{ far_off }}) as in_force,
            coalesce(
                assignment.coordinator_key, 'assignment ' || assignment.assignment_number
            ) as coordinator,
            coalesce({{ area_of_coordinator() }}, 'unknown') as service_area
        from counting_day as day
        inner join
            {{ ref("int_coordinator__assignment") }} as assignment
            on day.municipality_code = assignment.municipality_code
            and day.counted_on >= assignment.first_day
            and day.counted_on - 364 <= coalesce(assignment.last_day, {{ far_off }})
        inner join
            {{ ref("int_person") }} as person
            on assignment.person_number = person.person_number
            and {{ lives_here_on("person", "day.counted_on") }}
        left join
            {{ ref("int_employee") }} as employee
            on assignment.municipality_code = employee.municipality_code
            and assignment.coordinator_key = employee.coordinator_key
            {{ join_unit_of_coordinator("day.counted_on") }}
        where assignment.counts and not assignment.has_no_day
    ),

    persons as (
        select
            municipality_code,
            counted_on,
            service_area,
            count(distinct coordinator) as coordinators,
            count(distinct person_number) as persons_with_coordinator
        from held
        where in_force
        group by municipality_code, counted_on, service_area
    ),

    with_plan as (
        select
            held.municipality_code,
            held.counted_on,
            held.service_area,
            count(distinct held.person_number) as plans
        from held
        inner join
            {{ ref("int_plan") }} as plan
            on held.person_number = plan.person_number
            and held.counted_on between plan.first_day and coalesce(plan.last_day, {{ far_off }})
        where held.in_force
        group by held.municipality_code, held.counted_on, held.service_area
    ),

    met as (
        select
            held.municipality_code,
            held.counted_on,
            held.service_area,
            count(distinct(meeting.person_number, meeting.met_on, meeting.meeting_type)) as meetings
        from held
        inner join
            {{ ref("int_meeting") }} as meeting
            on held.person_number = meeting.person_number
            and meeting.met_on
            between greatest(held.first_day, held.counted_on - 364) and held.until
        where meeting.counts
        group by held.municipality_code, held.counted_on, held.service_area
    )

select
    area.municipality_code,
    area.counted_on,
    area.service_area,
    coalesce(persons.coordinators, 0) as coordinators,
    coalesce(persons.persons_with_coordinator, 0) as persons_with_coordinator,
    coalesce(with_plan.plans, 0) as plans,
    coalesce(met.meetings, 0) as meetings
from (select distinct municipality_code, counted_on, service_area from held) as area
left join persons using (municipality_code, counted_on, service_area)
left join with_plan using (municipality_code, counted_on, service_area)
left join met using (municipality_code, counted_on, service_area)
