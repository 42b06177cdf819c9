with
    staged as (select * exclude (notes) from {{ ref("stg_notice") }}),

    {{ identified("staged") }},

    {{ judged("identified", event_date="received_on") }}

select *
from judged
