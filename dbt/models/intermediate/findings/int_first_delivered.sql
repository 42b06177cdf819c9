{#- When what a finding is about was first delivered as it is now. -#}
{#- What came once is left out, and found by a hash: most rows did. -#}
{% set told = hash_of(["source_number", "registration", "content_key"]) -%}

{% for record in record_types() if not record.whole_country -%}
    select source_number, registration, content_key, min(delivered) as first_delivered
    from {{ ref(record.rows) }}
    where
        {{ told }}
        in (select {{ told }} from {{ ref(record.rows) }} group by {{ told }} having count(*) > 1)
    group by source_number, registration, content_key
    having count(*) > 1
    {% if not loop.last %}
        union all
    {% endif %}
{%- endfor %}
