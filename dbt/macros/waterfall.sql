{#-
    The first steps of every waterfall: from the rows read of a record type to the registrations
    taken in, the same on every reference date.
-#}
{% macro rows_to_registrations(relation) -%}
    row_step as (
        select
            coalesce(placed.municipality_code, delivery.municipality_code) as municipality_code,
            case
                placed.disposition
                when 'superseded'
                then 'superseded'
                when 'duplicate'
                then 'duplicate'
                when 'quarantined'
                then placed.quarantine_rule
                else 'registrations'
            end as step,
            count(*) as rows
        from {{ ref(relation) }} as placed
        inner join
            {{ ref("int_delivery") }} as delivery
            on placed.delivery_number = delivery.delivery_number
        group by all
    ),

    static as (
        select municipality_code, 'rows_read' as step, sum(rows) as rows
        from row_step
        group by municipality_code
        union all
        select
            municipality_code,
            step,
            case when step = 'registrations' then rows else - rows end as rows
        from row_step
    )
{%- endmacro %}
