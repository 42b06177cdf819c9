with
    deliveries as (
        select
            delivery.delivery_number,
            delivery.delivery_key,
            delivery.delivery,
            delivery.delivered,
            delivery.status,
            delivery.rows_read,
            delivery.encoding,
            delivery.problem_code,
            delivery.problem_text,
            delivery.notices,
            origin.source_number,
            origin.source,
            origin.record,
            origin.system,
            origin.municipality_code,
            origin.delivery_mode,
            -- Deliveries are numbered in the order in which a source delivered them.
            case
                when delivery.status = 'in_force' then delivery.delivery_number
            end as number_in_force
        from {{ source("landing", "delivery") }} as delivery
        inner join
            {{ source("landing", "source") }} as origin
            on delivery.source_number = origin.source_number
    )

select
    *,
    -- The first of the newest day that count: those of one day are parts of one snapshot.
    min(case when delivered = newest_day then number_in_force end) over (
        partition by source_number
    ) as newest_in_force,
    -- The first later day of which something counts: the first that a withdrawn registration is
    -- gone from.
    min(case when status = 'in_force' then delivered end) over (
        partition by source_number
        order by delivered range between interval 1 day following and unbounded following
    ) as next_delivered
from
    (
        select
            *,
            max(case when status = 'in_force' then delivered end) over (
                partition by source_number
            ) as newest_day
        from deliveries
    )
