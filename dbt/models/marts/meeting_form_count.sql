{#-
    Coordination meetings by month and by what the register calls them, up to the municipality's
    as-of date.
-#}
with called as ({{ called_forms() }})

select
    meeting.municipality_code,
    cast(date_trunc('month', meeting.met_on) as date) as month,
    coalesce(called.meeting_form, 'other') as meeting_form,
    cast(count(*) as bigint) as meetings
from {{ ref("int_meeting") }} as meeting
inner join {{ ref("int_as_of") }} as until on meeting.municipality_code = until.municipality_code
left join called on meeting.written_as = called.written_as
where meeting.meeting_type = 'coordination_meeting' and meeting.met_on <= until.as_of
group by
    meeting.municipality_code,
    date_trunc('month', meeting.met_on),
    coalesce(called.meeting_form, 'other')
