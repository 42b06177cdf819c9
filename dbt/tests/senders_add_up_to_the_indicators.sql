-- Of all senders together as many notices are answered as answer_days is the median of, and as many
-- followed by a coordinator as appointment_days is; and there are as many as flow.
with
    added as (
        select
            municipality_code,
            reference_date,
            sum(notices) as notices,
            sum(assessed) as assessed,
            sum(appointed) as appointed
        from {{ ref("notice_sender") }}
        group by all
    ),

    figure as (
        select
            municipality_code,
            reference_date,
            max(denominator) filter (where indicator = 'answer_days') as assessed,
            max(denominator) filter (where indicator = 'appointment_days') as appointed
        from {{ ref("coverage") }}
        where
            indicator in ('answer_days', 'appointment_days')
            and age_scheme = 'standard'
            and age_group = 'all'
        group by all
    ),

    flow as (
        select municipality_code, reference_date, sum(notices) as notices
        from {{ ref("notice_flow") }}
        where step = 'received'
        group by all
    )

select municipality_code, reference_date, added.*, figure.*, flow.notices as flowing
from added
full outer join figure using (municipality_code, reference_date)
full outer join flow using (municipality_code, reference_date)
where
    coalesce(added.assessed, 0) <> coalesce(figure.assessed, 0)
    or coalesce(added.appointed, 0) <> coalesce(figure.appointed, 0)
    or coalesce(added.notices, 0) <> coalesce(flow.notices, 0)
