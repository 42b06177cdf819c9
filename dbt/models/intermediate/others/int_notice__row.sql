with
    staged as not materialized(select * exclude (notes) from {{ ref("stg_notice") }}),

    {{ identified("staged") }},

    {{
        judged(
            "identified",
            ["received_on", "assessed_on", "decided_on"],
            event_date="received_on",
            told_apart_in="staged",
        )
    }}

select *
from judged
