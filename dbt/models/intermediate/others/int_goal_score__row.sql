with
    staged as (select * exclude (notes) from {{ ref("stg_goal_score") }}),

    {{ identified("staged") }},

    {{ judged("identified", event_date="held_on") }}

select *
from judged
