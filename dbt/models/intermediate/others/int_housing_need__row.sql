with
    staged as not materialized(select * exclude (notes) from {{ ref("stg_housing_need") }}),

    {{ identified("staged") }},

    {{ judged("identified", event_date="reported_on", told_apart_in="staged") }}

select *
from judged
