-- Each level of a waterfall is the level before it with the changes between them.
with
    ordered as (
        select
            *,
            sum(case when kind = 'level' then 1 else 0 end) over (
                partition by municipality_code, reference_date, measure order by step_order
            ) as stretch
        from {{ ref("waterfall") }}
    ),

    stretch as (
        select
            municipality_code,
            reference_date,
            measure,
            stretch,
            sum(rows) as reached,
            max(case when kind = 'level' then rows end) as level
        from ordered
        group by municipality_code, reference_date, measure, stretch
    )

select stretch.*, following.level as next_level
from stretch
inner join
    stretch as following
    on stretch.municipality_code = following.municipality_code
    and stretch.reference_date = following.reference_date
    and stretch.measure = following.measure
    and stretch.stretch + 1 = following.stretch
where stretch.reached <> following.level
