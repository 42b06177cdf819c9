{#-
    A person's reference dates are many, and little changes from one to the next. What is true of a
    person is put together for the runs of dates on which nothing changes, not for each of them.
-#}
{#-
    The last link, `<name>`, of a chain of common table expressions with the runs of reference dates on
    which nothing changes: `of`, `from_date`, `until_date` (the first date that is not of the run;
    infinity where there is none), and `what` is true of them.

    spells    what is true from its `first_day` to its `last_day`, or from then on; of a
              `municipality_code`
    of        the columns of those whose runs they are; each is of one municipality
    what      the columns that tell what is true, each as an aggregate of the spells that hold
-#}
{% macro runs(name, spells, of, what) -%}
    -- From the first reference date on which it is true to the first on which it no longer is.
    {{ name }}_dated as (
        select
            spell.* exclude (first_day, last_day),
            begins.reference_date as from_date,
            coalesce(ends.reference_date, date 'infinity') as until_date
        from
            -- A day that is not there would be matched with any.
            (
                select * replace (coalesce(last_day, date 'infinity') as last_day) from {{ spells }}
            ) as spell
        asof inner join
            {{ ref("int_reference_date") }} as begins
            on spell.municipality_code = begins.municipality_code
            and spell.first_day <= begins.reference_date
        asof left join
            {{ ref("int_reference_date") }} as ends
            on spell.municipality_code = ends.municipality_code
            and spell.last_day < ends.reference_date
        where begins.reference_date < coalesce(ends.reference_date, date 'infinity')
    ),

    {{ name }}_run as (
        select
            {{ of }},
            day as from_date,
            lead(day) over (partition by {{ of }} order by day) as until_date
        from
            (
                select {{ of }}, from_date as day
                from {{ name }}_dated
                union
                select {{ of }}, until_date
                from {{ name }}_dated
            )
    ),

    {{ name }} as (
        select
            {{ of }},
            run.from_date,
            run.until_date,
            {% for column, aggregate in what.items() -%}
                {{ aggregate }} as {{ column }} {%- if not loop.last %}, {% endif %}
            {% endfor %}
        from {{ name }}_run as run
        inner join {{ name }}_dated as dated using ({{ of }})
        where run.from_date >= dated.from_date and run.from_date < dated.until_date
        group by {{ of }}, run.from_date, run.until_date
    )
{%- endmacro %}

{#-
    The periods in which something had happened to a person within so many days: of a relation with
    `person_number`, the `day` on which it happened and how many `days` after that it counts.
-#}
{% macro renewed(happened) -%}
    select
        person_number,
        day as first_day,
        -- The last of the days before the next period begins.
        coalesce(lead(day_before) over (partition by person_number order by day), newest_day)
        + days as last_day
    from
        (
            select
                *,
                lag(day) over (partition by person_number order by day) as day_before,
                max(day) over (partition by person_number) as newest_day
            from {{ happened }}
        )
    where coalesce(day - day_before > days, true)
{%- endmacro %}
