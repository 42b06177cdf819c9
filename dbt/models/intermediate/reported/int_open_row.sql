{#-
    What is open on the days that units counted, by record type and service area: rows that are
    quarantined, and registrations that count but do not say which area they belong to. They may be
    what a unit reports and the registrations lack.
-#}
with
    counting_day as (
        select distinct municipality_code, counted_on from {{ ref("int_reported_count") }}
    ),

    quarantined as (
        select
            'koordinator' as record,
            delivery_number,
            municipality_code,
            coordinator_area as service_area,
            first_day,
            last_day,
            0 as looks_back_days
        from {{ ref("int_coordinator__row") }}
        where disposition = 'quarantined'
        union all
        select 'ip', delivery_number, municipality_code, null, created, cast(closed - 1 as date), 0
        from {{ ref("int_plan__row") }}
        where disposition = 'quarantined'
        union all
        select 'mote', delivery_number, municipality_code, null, met_on, met_on, 364
        from {{ ref("int_meeting__row") }}
        where disposition = 'quarantined'
    ),

    open as (
        select
            day.municipality_code,
            day.counted_on,
            quarantined.record,
            coalesce(quarantined.service_area, 'unknown') as service_area,
            count(*) as rows
        from quarantined
        inner join
            {{ ref("int_delivery") }} as delivery
            on quarantined.delivery_number = delivery.delivery_number
        inner join
            counting_day as day
            on day.municipality_code
            = coalesce(quarantined.municipality_code, delivery.municipality_code)
            and (
                quarantined.first_day is null
                -- Days that contradict each other say nothing.
                or quarantined.last_day < quarantined.first_day
                or (
                    day.counted_on >= quarantined.first_day
                    and day.counted_on - quarantined.looks_back_days
                    <= coalesce(quarantined.last_day, day.counted_on)
                )
            )
        group by all
        union all
        select municipality_code, counted_on, 'koordinator', 'unknown', persons_with_coordinator
        from {{ ref("int_registered_count") }}
        where service_area = 'unknown'
    )

select municipality_code, counted_on, record, service_area, cast(sum(rows) as bigint) as rows
from open
group by municipality_code, counted_on, record, service_area
