-- The GP's part of the meetings is gp_participation.
with
    figure as (
        select municipality_code, reference_date, numerator, denominator
        from {{ ref("coverage") }}
        where indicator = 'gp_participation' and age_scheme = 'standard' and age_group = 'all'
    )

select municipality_code, reference_date, gp.meetings_with, gp.meetings, numerator, denominator
from (select * from {{ ref("meeting_participation") }} where participant = 'gp') as gp
full outer join figure using (municipality_code, reference_date)
where
    gp.meetings_with is distinct from figure.numerator
    or gp.meetings is distinct from figure.denominator
union all
-- All rows of a date are of the same meetings, and where somebody is named nobody is not.
select municipality_code, reference_date, max(meetings_with), max(meetings), min(meetings), null
from {{ ref("meeting_participation") }}
group by municipality_code, reference_date
having
    min(meetings) <> max(meetings)
    or max(meetings_with) filter (where participant <> 'not_recorded')
    + max(meetings_with) filter (where participant = 'not_recorded')
    > max(meetings)
