with
    staged as not materialized(select * exclude (notes) from {{ ref("stg_reported_count") }}),

    {{
        judged(
            "staged", ["counted_on", "reported_on"], event_date="counted_on", about_persons=false
        )
    }}

select *
from judged
