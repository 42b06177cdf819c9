with
    staged as not materialized(select * exclude (notes) from {{ ref("stg_training") }}),

    {{ judged("staged", event_date="needed_on", about_persons=false) }}

select *
from judged
