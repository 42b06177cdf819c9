{#-
    The time from notice to coordinator with the open ones in it: how many were still without one
    before each day, how many got one on it, and of how many no more is seen.
-#}
with
    told as (
        select
            municipality_code,
            reference_date,
            coalesce(appointed_on <= seen_until, false) as is_appointed,
            least(appointed_on, seen_until) - received_on as days
        from {{ ref("int_notice_date") }}
        where seen_until is not null and not is_told_by_backlog
    ),

    by_day as (
        select
            municipality_code,
            reference_date,
            days,
            count(*) filter (where is_appointed) as appointed,
            count(*) filter (where not is_appointed) as censored
        from told
        group by municipality_code, reference_date, days
    )

select
    municipality_code,
    reference_date,
    cast(days as integer) as days,
    cast(
        sum(appointed + censored) over (
            partition by municipality_code, reference_date
            order by days
            rows between current row and unbounded following
        ) as bigint
    ) as at_risk,
    cast(appointed as bigint) as appointed,
    cast(censored as bigint) as censored
from by_day
