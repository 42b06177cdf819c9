with
    staged as not materialized(select * exclude (notes) from {{ ref("stg_service") }}),

    {{ identified("staged") }},

    {{ judged("identified", told_apart_in="staged") }}

select *
from judged
