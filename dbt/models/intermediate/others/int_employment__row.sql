with
    staged as not materialized(select * exclude (notes) from {{ ref("stg_employment") }}),

    {{ judged("staged", about_persons=false) }}

select *
from judged
