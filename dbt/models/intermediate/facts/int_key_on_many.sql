{#-
    Keys on implausibly many persons at a time: a word that stands for nobody, which is on no list, or
    a unit's number instead of a person's (counting rules, 3.7). Many is told by the municipality's
    own coordinators, so that one in a small municipality who has most of its persons is left alone.
-#}
{% set kinds = [
    ("koordinator_id", "coordinator_key"),
    ("koordinator_navn", "coordinator_name_key"),
    ("familie_id", "family_key"),
] %}
{% set far_off = "date '9999-12-31'" %}

with
    held as (
        {% for column, key in kinds -%}
            select
                '{{ column }}' as column_name,
                municipality_code,
                {{ key }} as key,
                person_key,
                first_day,
                coalesce(least(last_day, withdrawn_last_day), {{ far_off }}) as last_day
            from {{ ref("int_coordinator__row") }}
            where disposition = 'counted' and {{ key }} is not null
            {% if not loop.last %}
                union all
            {% endif %}
        {%- endfor %}
    ),

    key as (
        select column_name, municipality_code, key, count(distinct person_key) as ever
        from held
        group by column_name, municipality_code, key
    ),

    suspect as (
        select
            key.column_name,
            key.municipality_code,
            key.key,
            case
                when key.column_name = 'familie_id'
                then any_value(definition.family_most_persons)
                -- The typical load is that of the others: half of them have had fewer.
                else
                    greatest(
                        any_value(definition.coordinator_most_persons),
                        any_value(definition.coordinator_times_typical)
                        * coalesce(median(other.ever), 1)
                    )
            end as most
        from key
        inner join {{ ref("int_definition") }} as definition using (municipality_code)
        left join
            key as other
            on key.column_name = other.column_name
            and key.municipality_code = other.municipality_code
            and key.key <> other.key
        where
            key.ever > case
                when key.column_name = 'familie_id'
                then definition.family_most_persons
                else definition.coordinator_most_persons
            end
        group by key.column_name, key.municipality_code, key.key
    ),

    -- Most at a time is had on a day on which one begins.
    on_day as (
        select
            suspect.column_name,
            suspect.municipality_code,
            suspect.key,
            suspect.most,
            begun.first_day,
            count(distinct held.person_key) as persons
        from suspect
        inner join
            (select distinct column_name, municipality_code, key, first_day from held) as begun
            using (column_name, municipality_code, key)
        inner join
            held
            on suspect.column_name = held.column_name
            and suspect.municipality_code = held.municipality_code
            and suspect.key = held.key
            and begun.first_day between held.first_day and held.last_day
        group by all
    )

select column_name, municipality_code, key, cast(max(persons) as bigint) as persons
from on_day
group by column_name, municipality_code, key, most
having max(persons) > most
