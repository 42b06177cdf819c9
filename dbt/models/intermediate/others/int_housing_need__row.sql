with
    staged as not materialized(select * exclude (notes) from {{ ref("stg_housing_need") }}),

    {{ identified("staged") }},

    {{ judged("identified", ["reported_on"], event_date="reported_on", told_apart_in="staged") }}

select *
from judged
