{#- Where the rows of each delivery ended, and why. -#}
{% set relations = [
    "int_person__row",
    "int_service__row",
    "int_coordinator__row",
    "int_plan__row",
    "int_meeting__row",
    "int_reported_count__row",
    "int_change_form__row",
    "int_employment__row",
    "int_population__row",
    "int_notice__row",
    "int_training__row",
    "int_goal_score__row",
    "int_housing_need__row",
    "int_projection__row",
] %}

with
    placed as (
        {% for relation in relations -%}
            select
                delivery_number, disposition, quarantine_rule, superseded_in_file, count(*) as rows
            from {{ ref(relation) }}
            group by all
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    )

select
    delivery_number, disposition, quarantine_rule, superseded_in_file, cast(rows as bigint) as rows
from placed
