with
    staged as not materialized(select * exclude (notes) from {{ ref("stg_service") }}),

    {{ identified("staged") }},

    {{ judged("identified", ["first_day", "last_day"], told_apart_in="staged") }}

select *
from judged
