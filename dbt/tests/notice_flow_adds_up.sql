-- As many notices leave a step as come to it; and the answers among them are those of answer_days
-- that had come by the date, with its median where all had.
with
    into_step as (
        select municipality_code, reference_date, outcome as step, sum(notices) as notices
        from {{ ref("notice_flow") }}
        where
            outcome not in (
                'awaiting_assessment', 'awaiting_coordinator', 'closed', 'met', 'without_meeting'
            )
        group by all
    ),

    out_of_step as (
        select municipality_code, reference_date, step, sum(notices) as notices
        from {{ ref("notice_flow") }}
        where step <> 'received'
        group by all
    ),

    figure as (
        select municipality_code, reference_date, denominator, value, ci_low, ci_high
        from {{ ref("coverage") }}
        where indicator = 'answer_days' and age_scheme = 'standard' and age_group = 'all'
    ),

    answered as (
        select *
        from {{ ref("notice_flow") }}
        where step = 'received' and outcome = 'assessed' and days_known > 0
    )

select
    municipality_code, reference_date, step, into_step.notices as one, out_of_step.notices as other
from into_step
full outer join out_of_step using (municipality_code, reference_date, step)
where into_step.notices is distinct from out_of_step.notices
union all
select municipality_code, reference_date, 'answer_days', answered.days_known, figure.denominator
from answered
left join figure using (municipality_code, reference_date)
where
    figure.denominator is null
    or answered.days_known > figure.denominator
    or (
        answered.days_known = figure.denominator
        and (
            abs(answered.median_days - figure.value) > 1e-9
            or abs(answered.first_quartile - figure.ci_low) > 1e-9
            or abs(answered.third_quartile - figure.ci_high) > 1e-9
        )
    )
