{#-
    The first steps of every waterfall: from the rows read of a record type to the registrations taken
    in, the same on every reference date.
-#}
with
    placed as (
        {% for record in record_types() if record.behind_figures -%}
            select
                '{{ record.name }}' as record,
                delivery_number,
                municipality_code,
                disposition,
                quarantine_rule,
                count(*) as rows
            from {{ ref(record.rows) }}
            group by all
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    ),

    step as (
        select
            placed.record,
            coalesce(placed.municipality_code, delivery.municipality_code) as municipality_code,
            case
                placed.disposition
                when 'quarantined'
                then placed.quarantine_rule
                when 'counted'
                then 'registrations'
                else placed.disposition
            end as step,
            sum(placed.rows) as rows
        from placed
        inner join
            {{ ref("int_delivery") }} as delivery
            on placed.delivery_number = delivery.delivery_number
        group by all
    )

select record, municipality_code, 'rows_read' as step, cast(sum(rows) as bigint) as rows
from step
group by record, municipality_code
union all
select
    record,
    municipality_code,
    step,
    cast(case when step = 'registrations' then rows else - rows end as bigint) as rows
from step
