{#-
    The breaks that each indicator has behind it on each reference date: figures of one municipality
    and indicator can be compared where that number is the same.
-#}
with
    breaking as (
        select distinct need.indicator, break.municipality_code, break.first_day_after
        from {{ ref("int_break") }} as break
        inner join
            {{ ref("int_indicator_need") }} as need
            on need.indicator = coalesce(break.indicator, need.indicator)
            and need.record = coalesce(break.record, need.record)
    )

select
    reference.municipality_code,
    reference.reference_date,
    indicator.indicator,
    cast(count(breaking.first_day_after) as integer) as segment
from {{ ref("int_reference_date") }} as reference
cross join {{ ref("indicators") }} as indicator
left join
    breaking
    on reference.municipality_code = breaking.municipality_code
    and indicator.indicator = breaking.indicator
    and breaking.first_day_after <= reference.reference_date
group by reference.municipality_code, reference.reference_date, indicator.indicator
