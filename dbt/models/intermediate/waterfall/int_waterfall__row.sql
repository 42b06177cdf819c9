{#-
    The first steps of every waterfall: from the rows read of a record type to the registrations taken
    in, the same on every reference date.
-#}
{% set records = [
    ("tjeneste", "int_service__row"),
    ("koordinator", "int_coordinator__row"),
    ("ip", "int_plan__row"),
    ("mote", "int_meeting__row"),
    ("melding", "int_notice__row"),
    ("endring", "int_change_form__row"),
    ("kompetanse", "int_training__row"),
    ("psfs", "int_goal_score__row"),
    ("bolig", "int_housing_need__row"),
    ("befolkning", "int_population__row"),
] %}

with
    placed as (
        {% for record, relation in records -%}
            select
                '{{ record }}' as record,
                delivery_number,
                municipality_code,
                disposition,
                quarantine_rule,
                count(*) as rows
            from {{ ref(relation) }}
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
