{#- Those with a coordinator on each reference date, by how many meetings of a year are theirs. -#}
with
    met as (
        select
            member.municipality_code,
            member.reference_date,
            member.person_number,
            count(meeting.met_on) as meetings
        from {{ ref("int_person_date") }} as member
        left join
            {{ ref("int_meeting") }} as meeting
            on member.person_number = meeting.person_number
            and meeting.counts
            and meeting.met_on {{ within_a_year("member.reference_date") }}
        where member.has_coordinator
        group by member.municipality_code, member.reference_date, member.person_number
    )

select
    municipality_code,
    reference_date,
    case when meetings <= 3 then cast(meetings as text) else '4+' end as meetings_in_year,
    cast(count(*) as bigint) as persons,
    cast(sum(meetings) as bigint) as meetings
from met
group by
    municipality_code,
    reference_date,
    case when meetings <= 3 then cast(meetings as text) else '4+' end
