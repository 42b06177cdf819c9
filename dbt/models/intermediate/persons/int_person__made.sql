{#-
    Persons whom only their registrations know: a valid id that the municipality's register lacks.
    Resident from the first day of their first row.
-#}
{% set days = [
    ("int_coordinator__row", "first_day"),
    ("int_plan__row", "created"),
    ("int_service__row", "first_day"),
    ("int_meeting__row", "met_on"),
    ("int_change_form__row", "changed_on"),
    ("int_notice__row", "received_on"),
    ("int_goal_score__row", "held_on"),
    ("int_housing_need__row", "reported_on"),
] %}

with
    mentioned as (
        {% for relation, day in days -%}
            select
                municipality_code,
                person_key,
                person_id_kind,
                person_id_birth_date,
                {{
                    (
                        "birth_date"
                        if relation in ("int_coordinator__row", "int_plan__row")
                        else "cast(null as date)"
                    )
                }} as told_birth_date,
                {{ day }} as day
            from {{ ref(relation) }}
            where disposition = 'counted'
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    )

select
    mentioned.municipality_code,
    mentioned.person_key,
    min(mentioned.person_id_kind) as id_kind,
    -- Only a fødselsnummer tells a birth date; what a row says of it is the second best.
    coalesce(min(mentioned.person_id_birth_date), min(mentioned.told_birth_date)) as birth_date,
    min(mentioned.day) as first_day
from mentioned
left join
    {{ ref("int_person__register") }} as register
    on mentioned.municipality_code = register.municipality_code
    and mentioned.person_key = register.person_key
where register.person_key is null
group by mentioned.municipality_code, mentioned.person_key
