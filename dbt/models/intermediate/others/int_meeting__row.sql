with
    staged as (select * exclude (notes) from {{ ref("stg_meeting") }}),

    {{ identified("staged") }},

    {{ judged("identified", event_date="met_on") }}

select *
from judged
