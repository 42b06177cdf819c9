{#-
    Coordination meetings by month and by what the register calls them, up to the municipality's
    as-of date. The
    words are few and the meetings many: each way of writing is folded once.
-#}
with
    called as (
        select written.written_as, form.meeting_form
        from
            (
                select distinct written_as
                from {{ ref("int_meeting") }}
                where meeting_type = 'coordination_meeting'
            ) as written
        inner join
            {{ ref("meeting_forms") }} as form
            on {{ fold("written.written_as") }} = {{ fold("form.accepted") }}
    )

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
