{#-
    What somebody has read from the register's own view of the municipality and typed in among the reported
    counts: the newest of each day, whatever unit it was typed in with.
-#}
{% set typed = {
    "kostra_plan_users": ["kostra_plans", "cast(null as integer)"],
    "kpr_plan_share": ["kpr_plans", "kpr_recipients"],
    "kpr_coordinator_share": ["kpr_coordinators", "kpr_recipients"],
} -%}

with
    typed as (
        {% for figure, (numerator, denominator) in typed.items() -%}
            select
                municipality_code,
                counted_on,
                '{{ figure }}' as figure,
                {{ numerator }} as numerator,
                {{ denominator }} as denominator,
                row_number() over (
                    partition by municipality_code, counted_on
                    order by
                        delivered desc,
                        coalesce(reported_on, delivered) desc,
                        delivery_number desc,
                        content_key desc,
                        row_number desc
                ) as place
            from {{ ref("int_reported_count__row") }}
            where disposition = 'counted' and {{ numerator }} is not null
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    )

select
    municipality_code,
    counted_on as reference_date,
    figure,
    cast(numerator as bigint) as numerator,
    cast(denominator as bigint) as denominator
from typed
where place = 1
