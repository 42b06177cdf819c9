{#-
    How many rows that stand (counted or quarantined, not superseded) come into play on each day, and
    how many go out of it, by record type. A row is in play from its first day to its last, as they
    are written; one that does not say when, always.
-#}
{% set always = "date '1900-01-01'" %}

with
    standing as (
        {% for record in record_types() if record.behind_figures -%}
            select
                '{{ record.name }}' as record,
                delivery_number,
                row_number,
                municipality_code,
                disposition,
                {{ record.first_day }} as first_day,
                {{ record.last_day }} as last_day
            from {{ ref(record.rows) }}
            where
                disposition in ('counted', 'quarantined')
                -- What is left out of a table of the whole country is nobody's loss here.
                {% if record.whole_country -%}
                    and municipality_code is not null
                    and quarantine_rule is distinct from 'population_twice'
                {%- endif %}
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    ),

    spell as (
        select
            standing.record,
            coalesce(standing.municipality_code, delivery.municipality_code) as municipality_code,
            standing.disposition = 'quarantined' as is_quarantined,
            -- Days that contradict each other say nothing.
            case
                when standing.last_day < standing.first_day
                then {{ always }}
                else coalesce(standing.first_day, {{ always }})
            end as first_day,
            case
                when standing.first_day is null or standing.last_day < standing.first_day
                then null
                else standing.last_day
            end as last_day,
            -- Asked here: a condition beside the keys would make the join a loop.
            case when standing.disposition = 'counted' then changed.changed_from end as changed_from
        from standing
        inner join
            {{ ref("int_delivery") }} as delivery
            on standing.delivery_number = delivery.delivery_number
        left join
            {{ ref("int_row_changed") }} as changed
            on standing.delivery_number = changed.delivery_number
            and standing.row_number = changed.row_number
    ),

    counted as (
        select
            record,
            municipality_code,
            first_day,
            last_day,
            changed_from,
            count(*) as rows,
            count_if(is_quarantined) as quarantined
        from spell
        group by all
    ),

    step as (
        select
            record,
            municipality_code,
            first_day as day,
            rows as begun,
            quarantined as begun_quarantined,
            0 as begun_changed,
            0 as ended,
            0 as ended_quarantined,
            0 as ended_changed
        from counted
        union all
        select record, municipality_code, last_day + 1, 0, 0, 0, rows, quarantined, 0
        from counted
        where last_day is not null
        union all
        select
            record,
            municipality_code,
            greatest(first_day, changed_from),
            0,
            0,
            rows - quarantined,
            0,
            0,
            0
        from counted
        where changed_from is not null and coalesce(last_day >= changed_from, true)
        union all
        select record, municipality_code, last_day + 1, 0, 0, 0, 0, 0, rows - quarantined
        from counted
        where changed_from is not null and last_day >= changed_from
    )

select
    record,
    municipality_code,
    cast(day as date) as day,
    {% for what in [
        "begun",
        "begun_quarantined",
        "begun_changed",
        "ended",
        "ended_quarantined",
        "ended_changed",
    ] -%}
        cast(sum(sum({{ what }})) over so_far as bigint) as {{ what }},
    {% endfor -%}
    cast(sum(sum(begun - begun_quarantined)) over so_far as bigint) as begun_counted
from step
group by record, municipality_code, day
window so_far as (partition by record, municipality_code order by day)
