{#-
    The rounds in which units report: days that lie at most 16 days apart are of one round, for not
    everybody writes the day that was asked for. A round is named by its last day.
-#}
with
    counting_day as (
        select distinct municipality_code, counted_on from {{ ref("int_reported_count") }}
    ),

    begins as (
        select
            *,
            coalesce(
                counted_on
                - lag(counted_on) over (partition by municipality_code order by counted_on)
                > 16,
                true
            ) as begins
        from counting_day
    ),

    numbered as (
        select
            *,
            count(*) filter (where begins) over (
                partition by municipality_code order by counted_on
            ) as round_number
        from begins
    )

select
    municipality_code,
    counted_on,
    max(counted_on) over (partition by municipality_code, round_number) as reference_date
from numbered
