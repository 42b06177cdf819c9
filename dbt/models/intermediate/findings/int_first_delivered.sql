{#- When what a finding is about was first delivered as it is now. -#}
{% set relations = [
    "int_person__row",
    "int_service__row",
    "int_coordinator__row",
    "int_plan__row",
    "int_meeting__row",
    "int_change_form__row",
    "int_reported_count__row",
    "int_employment__row",
    "int_notice__row",
    "int_training__row",
    "int_goal_score__row",
    "int_housing_need__row",
] %}

{#- What came once is left out, and found by a hash: most rows did. -#}
{% set told = "hash(source_number, registration, content_key)" -%}

{% for relation in relations -%}
    select source_number, registration, content_key, min(delivered) as first_delivered
    from {{ ref(relation) }}
    where
        {{ told }}
        in (select {{ told }} from {{ ref(relation) }} group by {{ told }} having count(*) > 1)
    group by source_number, registration, content_key
    having count(*) > 1
    {% if not loop.last %}
        union all
    {% endif %}
{%- endfor %}
