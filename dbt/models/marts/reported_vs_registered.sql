{#-
    Each difference beside what is open: rows of the area, or of no known area, that may be what the
    unit counted and the registrations lack.
-#}
with
    compared as (
        select
            told.municipality_code,
            told.unit,
            told.service_area,
            told.counted_on,
            told.measure,
            told.reported,
            told.registered,
            coalesce(sum(open.rows), 0) as open_rows
        from {{ ref("int_reported_against_registered") }} as told
        left join
            {{ ref("int_open_row") }} as open
            on told.municipality_code = open.municipality_code
            and told.counted_on = open.counted_on
            and told.record = open.record
            and (
                told.service_area = 'all'
                or told.service_area = open.service_area
                or open.service_area = 'unknown'
            )
        group by all
    )

select
    municipality_code,
    unit,
    service_area,
    counted_on as reference_date,
    measure,
    reported,
    registered,
    reported - registered as difference,
    cast(open_rows as bigint) as open_rows,
    cast(greatest(abs(reported - registered) - open_rows, 0) as bigint) as unexplained
from compared
