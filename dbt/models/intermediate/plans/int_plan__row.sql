with
    staged as not materialized(select * exclude (notes) from {{ ref("stg_plan") }}),

    {{ identified("staged") }},

    {{ judged("identified", ["created", "closed", "last_evaluated"], told_apart_in="staged") }}

select *
from judged
