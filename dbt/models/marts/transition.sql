{#-
    Those of the target group who turn 16 or 18 in the quarter of the reference date, or in one of the
    eight that follow.
-#}
with
    {% set ages = [16, 18] -%}
    birthday as (
        {% for age in ages -%}
            select
                member.*,
                {{ age }} as turns,
                cast(
                    date_trunc('quarter', {{ birthday("person.birth_date", age) }}) as date
                ) as quarter
            from {{ ref("int_person_date") }} as member
            inner join
                {{ ref("int_person") }} as person on member.person_number = person.person_number
            -- Only these can have the birthday in one of the quarters.
            where member.age between {{ age - 3 }} and {{ age }}
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    )

select
    municipality_code,
    reference_date,
    turns,
    quarter,
    cast(count(*) as bigint) as persons,
    cast(count(*) filter (where has_coordinator) as bigint) as with_coordinator,
    cast(count(*) filter (where has_child_coordinator) as bigint) as with_child_coordinator,
    cast(count(*) filter (where has_plan) as bigint) as with_plan
from birthday
where
    quarter
    between date_trunc('quarter', reference_date) and date_trunc('quarter', reference_date)
    + interval 24 month
group by municipality_code, reference_date, turns, quarter
