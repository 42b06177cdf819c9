with
    staged as not materialized(
        select * exclude (notes, coordinator_key) from {{ ref("stg_meeting") }}
    ),

    {{ identified("staged") }},

    {{ judged("identified", ["met_on"], event_date="met_on", told_apart_in="staged") }}

select *
from judged
