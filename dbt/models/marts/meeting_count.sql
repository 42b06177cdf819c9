{#- Meetings by month and type, up to the municipality's as-of date, whoever of the persons lives here today. -#}
select
    municipality_code,
    cast(date_trunc('month', met_on) as date) as month,
    meeting_type,
    counts as counts_for_followup,
    cast(count(*) as bigint) as meetings,
    cast(count(distinct person_number) as bigint) as persons,
    cast(count(*) filter (where has_gp) as bigint) as with_gp
from {{ ref("int_meeting") }}
inner join {{ ref("int_as_of") }} as until using (municipality_code)
where met_on <= until.as_of
group by municipality_code, date_trunc('month', met_on), meeting_type, counts
