with
    staged as not materialized(select * exclude (notes) from {{ ref("stg_goal_score") }}),

    {{ identified("staged") }},

    {{ judged("identified", event_date="held_on", told_apart_in="staged") }}

select *
from judged
