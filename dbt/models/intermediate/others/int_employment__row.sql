with
    staged as (select * exclude (notes) from {{ ref("stg_employment") }}),

    {{ judged("staged", about_persons=false) }}

select *
from judged
