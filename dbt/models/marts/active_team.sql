{#-
    Persons around whom a team has met in the year up to each reference date, by what the newest
    meeting of it is called.
-#}
with
    called as ({{ called_forms() }}),

    met as (
        select
            reference.municipality_code,
            reference.reference_date,
            meeting.person_number,
            arg_max(called.meeting_form, meeting.met_on) as meeting_form,
            count(*) as meetings
        from {{ ref("int_meeting") }} as meeting
        inner join called on meeting.written_as = called.written_as
        inner join
            {{ ref("int_reference_date") }} as reference
            on meeting.municipality_code = reference.municipality_code
            and meeting.met_on {{ within_a_year("reference.reference_date") }}
        inner join
            {{ ref("int_person") }} as person
            on meeting.person_number = person.person_number
            and {{ lives_here_on("person", "reference.reference_date") }}
        where
            meeting.meeting_type = 'coordination_meeting'
            and called.meeting_form in ('follow_up_team', 'responsibility_group')
        group by reference.municipality_code, reference.reference_date, meeting.person_number
    )

select
    met.municipality_code,
    met.reference_date,
    met.meeting_form,
    cast(count(*) as bigint) as teams,
    cast(count(*) filter (where member.has_coordinator) as bigint) as teams_with_coordinator,
    cast(sum(met.meetings) as bigint) as meetings
from met
left join
    {{ ref("int_person_date") }} as member
    on met.person_number = member.person_number
    and met.reference_date = member.reference_date
group by met.municipality_code, met.reference_date, met.meeting_form
