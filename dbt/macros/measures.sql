{#-
    What is asked of each of the target group (`int_person_date`, as `member`), by measure of the family
    `persons`.
-#}
{% macro of_whom_in_the_target_group() -%}
    {{
        return(
            {
                "target_group": "true",
                "coordinator": "has_coordinator",
                "child_coordinator": "has_child_coordinator and member.age < 18",
                "consent_yes": "has_consent",
                "consent_known": "has_consent_value",
                "coordinator_with_meeting": "has_meeting",
                "plan": "has_plan",
                "coordinator_and_plan": "has_coordinator and has_plan",
                "plan_without_coordinator": "has_plan and not has_coordinator",
                "living_plan": "has_living_plan",
                "coordinator_at_most": "may_have_coordinator",
                "plan_at_most": "may_have_plan",
            }
        )
    }}
{%- endmacro %}

{#-
    Measures are counted in families, each a model `int_coverage__<family>` with a column for each of
    them (seeds/measures.csv). Which cells a family is counted in beside municipality and date:
-#}
{% macro cells_of(family) -%}
    {{
        return(
            {
                "persons": ["age", "area"],
                "inhabitants": ["age"],
                "coordinators": [],
                "meetings": ["age"],
                "notices": ["age"],
                "starts": ["age"],
                "gaps": ["age"],
                "goals": ["age"],
                "housing": ["age"],
                "training": [],
            }[family]
        )
    }}
{%- endmacro %}

{#- What is counted by age (null: unknown), counted by age group of every scheme. -#}
{% macro in_age_groups(counted, measures) -%}
    select
        {{ counted }}.municipality_code,
        {{ counted }}.reference_date,
        band.age_scheme,
        band.age_group,
        {% for measure in measures -%}
            sum({{ counted }}.{{ measure }}) as {{ measure }} {%- if not loop.last %},{% endif %}
        {% endfor %}
    from {{ counted }}
    inner join {{ ref("int_age_band") }} as band on {{ counted }}.age is not distinct from band.age
    group by
        {{ counted }}.municipality_code,
        {{ counted }}.reference_date,
        band.age_scheme,
        band.age_group
{%- endmacro %}

{#-
    The cells of an indicator of `indicators()`: what is counted (`above`), of how many (`below`).
    Both are told of the cells that both are counted in; where there is nothing above, it is nought.
-#}
{% macro counted_for(indicator) -%}
    {% set below = indicator.denominator_family or indicator.numerator_family -%}
    {% set above = indicator.numerator_family or below -%}
    {% set cells = {"below": cells_of(below), "above": cells_of(above)} -%}
    {% set shared = cells.above | select("in", cells.below) | list -%}
    {% set of_age = (
        "below"
        if "age" in cells.below
        else "above" if "age" in cells.above else "scheme"
    ) -%}
    {% set numerator -%}
        {% if not indicator.numerator %} null
        {%- elif above == below %} below.{{ indicator.numerator }}
        {%- else %} coalesce(above.{{ indicator.numerator }}, 0)
        {%- endif -%}
    {%- endset -%}
    select
        below.municipality_code,
        below.reference_date,
        {{ of_age }}.age_scheme,
        {% if "age" in shared -%} below.age_group
        {%- else -%} 'all'
        {%- endif %} as age_group,
        {% if "area" in shared -%} below.service_area
        {%- else -%} 'all'
        {%- endif %} as service_area,
        '{{ indicator.indicator }}' as indicator,
        {{ numerator }} as numerator,
        {% if indicator.denominator -%} below.{{ indicator.denominator }}
        {%- else -%} null
        {%- endif %} as denominator,
        {% if indicator.kind == "median" -%} below.{{ indicator.denominator }}_quartiles
        {%- else -%} cast(null as double[])
        {%- endif %} as quartiles,
        cast(
            {% if indicator.bounded -%}below.{{ indicator.numerator }}_at_most
            {%- else -%}null
            {%- endif %} as bigint
        ) as at_most
    from {{ ref("int_coverage__" ~ below) }} as below
    {% if above != below -%}
            {# Where only what is counted has ages, it says which schemes there are. -#}
            {{ "inner" if of_age == "above" else "left" }}
        join
            {{ ref("int_coverage__" ~ above) }} as above
            on below.municipality_code = above.municipality_code
            and below.reference_date = above.reference_date
            {% if "age" in shared -%}
                and below.age_scheme = above.age_scheme and below.age_group = above.age_group
                {%- elif "age" in cells.above -%} and above.age_group = 'all'
            {%- endif %}
            {% if "area" in shared -%}
                and below.service_area = above.service_area
                {%- elif "area" in cells.above -%} and above.service_area = 'all'
            {%- endif %}
    {%- endif %}
    {% if of_age == "scheme" -%}
        cross join (select distinct age_scheme from {{ ref("age_groups") }}) as scheme
    {%- endif %}
        {% set narrowed = cells.below | reject("in", shared) | list -%}
        {% for cell in narrowed -%}
            {{ "where" if loop.first else "and" }}
            below.{{ {"age": "age_group", "area": "service_area"}[cell] }} = 'all'
        {% endfor %}
{%- endmacro %}

{#-
    Which service areas the persons of a relation are counted in, by their `areas`: a person counts in
    every area of a service on the day, and once in `all`.
-#}
{% macro counted_in(relation) -%}
    select has_areas.areas, area.service_area
    from (select distinct areas from {{ relation }}) as has_areas
    inner join {{ ref("int_service_area") }} as area on has_areas.areas & area.bit <> 0
    union all
    select distinct areas, 'all' as service_area
    from {{ relation }}
{%- endmacro %}
