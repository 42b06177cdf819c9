with
    staged as not materialized(select * exclude (notes) from {{ ref("stg_training") }}),

    {{
        judged(
            "staged",
            ["needed_on", "offered_on", "completed_on"],
            event_date="needed_on",
            about_persons=false,
        )
    }}

select *
from judged
