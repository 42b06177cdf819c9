{#- Where the rows of each delivery ended, and why. -#}
with
    placed as (
        {% for record in record_types() -%}
            select
                delivery_number, disposition, quarantine_rule, superseded_in_file, count(*) as rows
            from {{ ref(record.rows) }}
            group by all
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    )

select
    delivery_number, disposition, quarantine_rule, superseded_in_file, cast(rows as bigint) as rows
from placed
