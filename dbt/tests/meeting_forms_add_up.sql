-- The forms of a month add up to its coordination meetings.
with
    by_form as (
        select municipality_code, month, sum(meetings) as meetings
        from {{ ref("meeting_form_count") }}
        group by municipality_code, month
    ),

    by_type as (
        select municipality_code, month, meetings
        from {{ ref("meeting_count") }}
        where meeting_type = 'coordination_meeting'
    )

select municipality_code, month, by_form.meetings as told, by_type.meetings as there
from by_form
full outer join by_type using (municipality_code, month)
where by_form.meetings is distinct from by_type.meetings
