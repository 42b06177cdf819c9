{#-
    What somebody has read from the register's own view of the municipality and typed in among the reported
    counts: the newest of each day, whatever unit it was typed in with.
-#}
{% set typed = {
    "kostra_plan_users": ["kostra_plans", "null"],
    "kpr_plan_share": ["kpr_plans", "kpr_recipients"],
    "kpr_coordinator_share": ["kpr_coordinators", "kpr_recipients"],
} -%}
{% set newest = "(delivered, coalesce(reported_on, delivered), delivery_number, content_key, row_number)" -%}

with
    typed as (
        {% for figure, (numerator, denominator) in typed.items() -%}
            select
                municipality_code,
                counted_on as reference_date,
                '{{ figure }}' as figure,
                arg_max({{ numerator }}, {{ newest }}) as numerator,
                cast(
                    {%- if denominator == "null" %}null
                    {%- else %}arg_max({{ denominator }}, {{ newest }})
                    {%- endif %} as bigint
                ) as denominator
            from {{ ref("int_reported_count__row") }}
            where disposition = 'counted' and {{ numerator }} is not null
            group by municipality_code, counted_on
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    )

select
    municipality_code, reference_date, figure, cast(numerator as bigint) as numerator, denominator
from typed
