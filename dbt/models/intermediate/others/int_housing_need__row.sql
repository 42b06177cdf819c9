with
    staged as (select * exclude (notes) from {{ ref("stg_housing_need") }}),

    {{ identified("staged") }},

    {{ judged("identified", event_date="reported_on") }}

select *
from judged
