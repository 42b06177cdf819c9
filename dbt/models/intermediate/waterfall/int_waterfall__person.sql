{#-
    How the measures that go on from persons with a coordinator or a plan leave some of them out.
-#}
{% set of_persons = [
    ("child_coordinator", [("no_child_coordinator", "coordinator - child_coordinator")]),
    ("coordinator_and_plan", [("without_plan", "coordinator - coordinator_and_plan")]),
    (
        "coordinator_with_meeting",
        [("without_meeting", "coordinator - coordinator_with_meeting")],
    ),
    ("consent_known", [("no_consent_value", "coordinator - consent_known")]),
    (
        "consent_yes",
        [
            ("no_consent_value", "coordinator - consent_known"),
            ("consent_not_given", "consent_known - consent_yes"),
        ],
    ),
    (
        "plan_without_coordinator",
        [("with_coordinator", "plan - plan_without_coordinator")],
    ),
    ("living_plan", [("plan_not_living", "plan - living_plan")]),
] %}
{% set of_coordinators = [
    ("distinct_coordinator", [("same_coordinator", "persons - distinct_coordinator")]),
    (
        "distinct_coordinator_known_area",
        [
            ("same_coordinator", "persons - distinct_coordinator"),
            ("area_unknown", "distinct_coordinator - distinct_coordinator_known_area"),
        ],
    ),
    (
        "coordinator_from_health",
        [
            ("same_coordinator", "persons - distinct_coordinator"),
            ("area_unknown", "distinct_coordinator - distinct_coordinator_known_area"),
            ("other_sector", "distinct_coordinator_known_area - coordinator_from_health"),
        ],
    ),
] %}

with
    persons as (
        select *
        from {{ ref("int_coverage__persons") }}
        where age_scheme = 'standard' and age_group = 'all' and service_area = 'all'
    ),

    coordinators as (
        select
            coordinators.municipality_code,
            coordinators.reference_date,
            persons.coordinator as persons,
            coordinators.distinct_coordinator,
            coordinators.distinct_coordinator_known_area,
            coordinators.coordinator_from_health
        from {{ ref("int_coverage__coordinators") }} as coordinators
        inner join persons using (municipality_code, reference_date)
    )

{% for relation, measures in [("persons", of_persons), ("coordinators", of_coordinators)] -%}
    {% for measure, steps in measures -%}
        {% for step, rows in steps -%}
            select
                municipality_code,
                reference_date,
                '{{ measure }}' as measure,
                '{{ step }}' as step,
                - ({{ rows }}) as rows
            from {{ relation }}
            union all
        {% endfor -%}
        select municipality_code, reference_date, '{{ measure }}', 'counted', {{ measure }}
        from {{ relation }}
        {% if not loop.last %}
            union all
        {% endif %}
    {% endfor -%}
    {% if not loop.last %}
        union all
    {% endif %}
{% endfor %}
