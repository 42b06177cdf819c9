with
    placed as (
        select
            delivery_number,
            sum(rows) filter (where disposition = 'counted') as counted,
            sum(rows) filter (where disposition = 'superseded') as superseded,
            sum(rows) filter (where disposition = 'duplicate') as duplicate,
            sum(rows) filter (where disposition = 'quarantined') as quarantined
        from {{ ref("int_row_count") }}
        group by delivery_number
    )

select
    delivery.source,
    delivery.delivery,
    delivery.record,
    delivery.system,
    delivery.municipality_code,
    delivery.delivered,
    delivery.status,
    delivery.problem_code,
    delivery.problem_text,
    cast(delivery.rows_read as bigint) as rows_read,
    cast(coalesce(placed.counted, 0) as bigint) as rows_counted,
    cast(coalesce(placed.superseded, 0) as bigint) as rows_superseded,
    cast(coalesce(placed.duplicate, 0) as bigint) as rows_duplicate,
    cast(coalesce(placed.quarantined, 0) as bigint) as rows_quarantined,
    delivery.notices
from {{ ref("int_delivery") }} as delivery
left join placed on delivery.delivery_number = placed.delivery_number
