{#- What each municipality is counted by: the parameters as columns, and the name they go under. -#}
select
    municipality_code,
    {{ setting("reference_years") }},
    {{ setting("count_primary_contact", "boolean") }},
    {{ setting("bridge_days") }},
    {{ setting("slip_days") }},
    {{ setting("reporting_days") }},
    {{ setting("second_coordinator_share", "double") }},
    {{ setting("living_plan_days") }},
    {{ setting("minutes_keep_plan", "boolean") }},
    {{ setting("appointment_limit_days") }},
    {{ setting("target_service_areas") }},
    {{ setting("target_service_days") }},
    {{ setting("backlog_share", "double") }},
    {{ setting("backlog_least") }},
    {{ setting("coordinator_most_persons") }},
    {{ setting("coordinator_times_typical") }},
    {{ setting("family_most_persons") }},
    '{{ var("definition_set") }}' || coalesce(
        ' '
        || string_agg(parameter || '=' || value, ' ' order by parameter) filter (where is_changed),
        ''
    ) as definition_set
from {{ ref("int_parameter") }}
group by municipality_code
