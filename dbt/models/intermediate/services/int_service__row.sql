with
    staged as (select * exclude (notes) from {{ ref("stg_service") }}),

    {{ identified("staged") }},

    {{ judged("identified") }}

select *
from judged
