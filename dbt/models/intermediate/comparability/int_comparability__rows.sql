{#-
    The rows behind each indicator on each reference date: those of the record types that it needs
    which are in play on a day that it looks at.
-#}
with
    needed as (
        select
            reference.municipality_code,
            reference.reference_date,
            need.indicator,
            need.record,
            cast(reference.reference_date - need.looks_back_days as date) as not_before
        from {{ ref("int_reference_date") }} as reference
        cross join {{ ref("int_indicator_need") }} as need
    ),

    begun as (
        select needed.*, step.begun, step.begun_quarantined, step.begun_changed, step.begun_counted
        from needed
        asof left join
            {{ ref("int_row_step") }} as step
            on needed.municipality_code = step.municipality_code
            and needed.record = step.record
            and needed.reference_date >= step.day
    ),

    -- What had ended before the first day that is looked at is behind it no more.
    in_play as (
        select
            begun.municipality_code,
            begun.reference_date,
            begun.indicator,
            begun.record,
            coalesce(begun.begun_counted, 0) = 0 as is_missing,
            coalesce(begun.begun, 0) - coalesce(step.ended, 0) as rows,
            coalesce(begun.begun_quarantined, 0)
            - coalesce(step.ended_quarantined, 0) as quarantined,
            coalesce(begun.begun_changed, 0) - coalesce(step.ended_changed, 0) as changed
        from begun
        asof left join
            {{ ref("int_row_step") }} as step
            on begun.municipality_code = step.municipality_code
            and begun.record = step.record
            and begun.not_before >= step.day
    )

select
    municipality_code,
    reference_date,
    indicator,
    cast(sum(rows) as bigint) as rows_behind,
    cast(sum(quarantined) as bigint) as rows_quarantined,
    cast(sum(changed) as bigint) as rows_changed,
    string_agg(record, ';' order by record) filter (where is_missing) as missing_records
from in_play
group by municipality_code, reference_date, indicator
