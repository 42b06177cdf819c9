with
    staged as (select * exclude (notes) from {{ ref("stg_change_form") }}),

    {{ identified("staged") }},

    {{ judged("identified", event_date="changed_on") }}

select *
from judged
