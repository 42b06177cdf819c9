with
    staged as not materialized(select * exclude (notes) from {{ ref("stg_employment") }}),

    {{ judged("staged", ["employed_from", "employed_to"], about_persons=false) }}

select *
from judged
