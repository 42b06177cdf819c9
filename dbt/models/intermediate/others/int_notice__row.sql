with
    staged as not materialized(select * exclude (notes) from {{ ref("stg_notice") }}),

    {{ identified("staged") }},

    {{ judged("identified", event_date="received_on", told_apart_in="staged") }}

select *
from judged
