with
    staged as not materialized(select * exclude (notes) from {{ ref("stg_change_form") }}),

    {{ identified("staged") }},

    {{ judged("identified", ["changed_on"], event_date="changed_on", told_apart_in="staged") }}

select *
from judged
