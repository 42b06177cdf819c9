{#-
    What the rules found in single rows: where a row was left out, taken once, or read with a remark.
    Grain: one row per rule, row and column.
-#}
{% for record in record_types() -%}
    {% set place = (
        "placed.delivery_number, placed.row_number, placed.source_number, placed.registration, placed.registration_id, placed.content_key, "
        ~ ("placed.person_key" if record.about_persons else "cast(null as text)")
        ~ " as person_key"
    ) -%}
    select
        'duplicate_row' as rule,
        {{ place }},
        cast(null as text) as column_name,
        'row ' || placed.duplicate_of_row as value
    from {{ ref(record.rows) }} as placed
    where placed.disposition = 'duplicate'
    union all
    select 'same_id_in_file', {{ place }}, null, null
    from {{ ref(record.rows) }} as placed
    where placed.superseded_in_file
    union all
    select 'withdrawn', {{ place }}, null, cast(placed.withdrawn_last_day as text)
    from {{ ref(record.rows) }} as placed
    where placed.withdrawn_last_day is not null
    union all
    select placed.quarantine_rule, {{ place }}, placed.problem_column, placed.problem_value
    from {{ ref(record.rows) }} as placed
    where placed.disposition = 'quarantined'
    union all
    select note.rule, {{ place }}, note.column_name, note.value
    from
        (
            select delivery_number, row_number, content_key, unnest(notes) as note
            from {{ ref(record.staging) }}
            where len(notes) > 0
        ) as noted
    inner join
        {{ ref(record.rows) }} as placed
        on noted.delivery_number = placed.delivery_number
        and noted.row_number = placed.row_number
        and noted.content_key = placed.content_key
    where placed.disposition in ('counted', 'quarantined')
    {% if record.about_persons -%}
        union all
        select 'person_by_name', {{ place }}, null, null
        from {{ ref(record.rows) }} as placed
        where placed.disposition = 'counted' and placed.found_by_name
        union all
        select 'earlier_id_linked', {{ place }}, null, null
        from {{ ref(record.rows) }} as placed
        where placed.disposition = 'counted' and placed.linked_by_earlier_id
        union all
        select
            unnest(
                list_filter(
                    [
                        case when not person.is_in_register then 'person_not_in_register' end,
                        case when person.birth_date is null then 'age_unknown' end
                        {%- if record.tells_birth_date %}
                            ,
                            case
                                when placed.birth_date <> person.birth_date
                                then 'birth_date_differs'
                            end
                        {%- endif %}
                    ],
                    lambda rule:rule is not null
                )
            ),
            {{ place }},
            null,
            null
        from {{ ref(record.rows) }} as placed
        inner join
            {{ ref("int_person") }} as person
            on placed.municipality_code = person.municipality_code
            and placed.person_key = person.person_key
        where placed.disposition = 'counted'
    {% endif -%}
    {% if not loop.last %}
        union all
    {% endif %}
{%- endfor %}
union all
select
    'person_sources_disagree',
    placed.delivery_number,
    placed.row_number,
    placed.source_number,
    placed.registration,
    placed.registration_id,
    placed.content_key,
    placed.person_key,
    null,
    null
from {{ ref("int_person__row") }} as placed
inner join
    {{ ref("int_person__register") }} as register
    on placed.municipality_code = register.municipality_code
    and placed.person_key = register.person_key
where placed.disposition = 'counted' and register.sources_disagree
union all
select
    'earlier_id_ambiguous',
    placed.delivery_number,
    placed.row_number,
    placed.source_number,
    placed.registration,
    placed.registration_id,
    placed.content_key,
    placed.person_key,
    'tidligere_id',
    null
from {{ ref("int_person__row") }} as placed
inner join
    {{ ref("int_person__earlier_id") }} as link
    on placed.earlier_person_key = link.earlier_person_key
where placed.disposition = 'counted' and link.person_key is null
