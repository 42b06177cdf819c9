{#-
    The findings that stand and touch somebody whom we and the register count otherwise, or somebody who
    has a row of the kind that is left out: what can be corrected before the year is reported.
-#}
{% set records = {"plan": "ip", "coordinator": "koordinator"} %}

with
    concerned as (
        select distinct municipality_code, reference_date, figure, person_number
        from {{ ref("int_register_side") }}
        where cause_low is not null or cause_high is not null
        {% for figure in register_figures() -%}
            union
            select
                person.municipality_code,
                person.reference_date,
                '{{ figure.figure }}' as figure,
                person.person_number
            from {{ ref("int_register_person") }} as person
            inner join
                {{ ref("int_open_registration") }} as open
                on person.person_number = open.person_number
                and open.what = '{{ figure.what }}'
                and person.reference_date
                between coalesce(open.first_day, person.reference_date) and coalesce(
                    open.last_day, person.reference_date
                )
            where person.services > 0
        {% endfor %}
    ),

    found as (
        {% for model in ["row", "coordinator", "plan"] -%}
            select rule, delivery_number, registration, column_name, person_key
            from {{ ref("int_finding__" ~ model) }}
            where person_key is not null
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    ),

    standing as (
        select distinct
            found.rule,
            delivery.source_number,
            delivery.record,
            found.registration,
            found.column_name,
            person.person_number
        from found
        inner join {{ ref("rules") }} as rule on found.rule = rule.rule
        inner join
            {{ ref("int_delivery") }} as delivery
            on found.delivery_number = delivery.delivery_number
        inner join {{ ref("int_person") }} as person on found.person_key = person.person_key
        -- What nobody can do anything about needs no place in a list of what to do.
        where rule.advice_nb is not null
    ),

    of_figure as (
        {% for figure in register_figures() -%}
            select
                concerned.municipality_code,
                concerned.reference_date,
                concerned.figure,
                concerned.person_number,
                standing.rule,
                standing.source_number,
                standing.record,
                standing.registration,
                standing.column_name
            from concerned
            inner join standing using (person_number)
            where
                concerned.figure = '{{ figure.figure }}'
                and standing.record
                in ('person', 'tjeneste', 'endring', '{{ records[figure.what] }}')
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    ),

    -- Each figure, and all of them: a finding that touches several counts once there.
    shown as (
        select *
        from of_figure
        union all
        select distinct
            municipality_code,
            reference_date,
            'all' as figure,
            person_number,
            rule,
            source_number,
            record,
            registration,
            column_name
        from of_figure
    )

select
    municipality_code,
    reference_date,
    figure,
    rule,
    record,
    count(*) as findings,
    count(distinct person_number) as persons
from shown
group by municipality_code, reference_date, figure, rule, record
