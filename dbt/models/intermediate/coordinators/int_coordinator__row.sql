with
    staged as (select * exclude (notes) from {{ ref("stg_coordinator") }}),

    {{ identified("staged") }},

    {{ judged("identified") }}

select *
from judged
