with
    staged as (select * exclude (notes) from {{ ref("stg_plan") }}),

    {{ identified("staged") }},

    {{ judged("identified") }}

select *
from judged
