with
    staged as not materialized(select * exclude (notes) from {{ ref("stg_goal_score") }}),

    {{ identified("staged") }},

    {{ judged("identified", ["held_on"], event_date="held_on", told_apart_in="staged") }}

select *
from judged
