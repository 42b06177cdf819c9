{#- No two intervals of the same partition share a day; an open end reaches to the end of time. -#}
{% test not_overlapping(model, partition, first_day, last_day, where="true") %}
    with
        spell as (
            select
                {{ partition }},
                {{ first_day }} as first_day,
                lag(coalesce({{ last_day }}, date '9999-12-31')) over (
                    partition by {{ partition }} order by {{ first_day }}, {{ last_day }}
                ) as reached
            from {{ model }}
            where {{ where }}
        )

    select *
    from spell
    where first_day <= reached
{% endtest %}
