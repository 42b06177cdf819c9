{#-
    The registrations behind those who turn 16 or 18 in the quarter that goes on and in the next, on the
    day up to which the municipality is counted: where each row stands, never whose it is.
-#}
{% set ages = [16, 18] -%}
{% set records = [
    ("koordinator", "int_coordinator__row", "first_day", "last_day", "true"),
    (
        "ip",
        "int_plan__row",
        "created",
        "closed - 1",
        "registration.plan_type = 'individual_plan' and registration.plan_status <> 'closed'",
    ),
    ("tjeneste", "int_service__row", "first_day", "last_day", "true"),
] -%}

with
    today as (
        select municipality_code, max(reference_date) as reference_date
        from {{ ref("int_reference_date") }}
        group by municipality_code
    ),

    turning as (
        {% for age in ages -%}
            select
                member.municipality_code,
                member.reference_date,
                member.person_number,
                person.person_key,
                {{ age }} as turns,
                cast(
                    date_trunc('quarter', {{ birthday("person.birth_date", age) }}) as date
                ) as quarter,
                member.has_coordinator,
                member.has_plan
            from {{ ref("int_person_date") }} as member
            inner join today using (municipality_code, reference_date)
            inner join
                {{ ref("int_person") }} as person on member.person_number = person.person_number
            where member.age between {{ age - 1 }} and {{ age }}
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    ),

    near as (
        select *
        from turning
        -- As the page has it: a day that ends a quarter looks at the two that come.
        where
            quarter between date_trunc('quarter', reference_date + 1) and date_trunc(
                'quarter', reference_date + 1
            )
            + interval 3 month
    ),

    behind as (
        {% for record, rows, first_day, last_day, is_of_it in records -%}
            select
                near.*,
                '{{ record }}' as record,
                registration.delivery_number,
                registration.row_number,
                registration.registration_id
            from near
            inner join
                {{ ref(rows) }} as registration
                on near.municipality_code = registration.municipality_code
                and near.person_key = registration.person_key
                and registration.disposition = 'counted'
                and {{ is_of_it }}
                and coalesce(registration.{{ first_day }}, near.reference_date)
                <= near.reference_date
                and coalesce(
                    least(registration.{{ last_day }}, registration.withdrawn_last_day),
                    near.reference_date
                )
                >= near.reference_date
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    ),

    -- Persons are told apart by the place of their first row, which says nothing of them.
    numbered as (
        select *, min((delivery_number, row_number)) over (partition by person_number) as first_row
        from behind
    )

select
    numbered.municipality_code,
    numbered.reference_date,
    numbered.turns,
    numbered.quarter,
    cast(
        dense_rank() over (
            partition by numbered.municipality_code, numbered.turns
            order by numbered.quarter, numbered.first_row
        ) as integer
    ) as case_number,
    numbered.has_coordinator,
    numbered.has_plan,
    numbered.record,
    delivery.source,
    delivery.delivery,
    numbered.row_number,
    numbered.registration_id
from numbered
inner join {{ ref("int_delivery") }} as delivery using (delivery_number)
