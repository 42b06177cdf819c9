-- The months of each type add up to the meetings; and what gp_participation counts was held in the
-- months that it looks at.
with
    added as (
        select
            municipality_code,
            meeting_type,
            counts_for_followup as counts,
            sum(meetings) as meetings,
            sum(with_gp) as with_gp
        from {{ ref("meeting_count") }}
        group by all
    ),

    held as (
        select
            municipality_code,
            meeting_type,
            counts,
            count(*) as meetings,
            count(*) filter (where has_gp) as with_gp
        from {{ ref("meeting") }}
        inner join {{ ref("int_as_of") }} as until using (municipality_code)
        where met_on <= until.as_of
        group by all
    )

select municipality_code, meeting_type, added.meetings as told, held.meetings as there
from added
full outer join held using (municipality_code, meeting_type, counts)
where added.meetings is distinct from held.meetings or added.with_gp is distinct from held.with_gp
union all
select
    coverage.municipality_code,
    strftime(coverage.reference_date, '%Y-%m-%d'),
    coalesce(sum(held.meetings), 0),
    any_value(coverage.denominator)
from {{ ref("coverage") }} as coverage
left join
    {{ ref("meeting_count") }} as held
    on coverage.municipality_code = held.municipality_code
    and held.counts_for_followup
    and held.month
    between date_trunc('month', coverage.reference_date - 364) and coverage.reference_date
where
    coverage.indicator = 'gp_participation'
    and coverage.age_scheme = 'standard'
    and coverage.age_group = 'all'
group by coverage.municipality_code, coverage.reference_date
having
    coalesce(sum(held.meetings), 0) < any_value(coverage.denominator)
    or coalesce(sum(held.with_gp), 0) < any_value(coverage.numerator)
