{{ config(materialized="table") }}

{#- Every coded column of every record type. -#}
{% set coded = [] -%}
{% for record in record_types() -%}
    {% for field, code_list in record.coded.items() -%}
        {% do coded.append((record.name, field, code_list)) %}
    {% endfor -%}
{% endfor %}

with
    written as (
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
    ),

    folded as (select *, {{ fold("written") }} as written_folded from written),

    accepted as (
        select distinct field, {{ fold("accepted") }} as written_folded, canonical
        from {{ ref("code_map") }}
        union
        select distinct field, {{ fold("canonical") }} as written_folded, canonical
        from {{ ref("code_map") }}
    ),

    -- The units of that name, of whichever municipality, from day to day.
    unit as (
        select
            written_folded,
            list(
                {
                    'municipality_code':municipality_code,
                    'first_day':first_day,
                    'last_day':last_day,
                    'service_area':service_area
                }
            ) as units
        from {{ ref("stg_unit_name") }}
        group by written_folded
    )

select
    folded.source,
    folded.record,
    folded.field,
    folded.written,
    folded.written_folded,
    folded.rows,
    -- What the municipality itself says of its codes goes before the common list.
    coalesce(local_value.canonical, accepted.canonical) as canonical,
    local_value.canonical is not null as mapped_locally,
    unit.units
from folded
left join
    accepted
    on folded.code_list = accepted.field
    and folded.written_folded = accepted.written_folded
left join
    {{ source("landing", "local_value") }} as local_value
    on folded.source = local_value.source
    and folded.field = local_value.field
    and folded.written_folded = local_value.written_folded
left join
    unit on folded.code_list = 'tjenesteomrade' and folded.written_folded = unit.written_folded
