{#- Every coded column of every record type. -#}
{% set coded = [] -%}
{% for record in record_types() -%}
    {% for field, code_list in record.coded.items() -%}
        {% do coded.append((record.name, field, code_list)) %}
    {% endfor -%}
{% endfor %}

{% for record, field, code_list in coded -%}
    select
        source,
        '{{ record }}' as record,
        '{{ field }}' as field,
        '{{ code_list }}' as code_list,
        {{ field }} as written,
        count(*) as rows
    from {{ source("landing", record) }}
    where {{ field }} is not null
    group by all
    {% if not loop.last %}
        union all
    {% endif %}
{% endfor %}
