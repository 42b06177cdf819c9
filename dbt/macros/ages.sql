{#- So many years, to be added to a day or taken from it. -#}
{% macro years(number) -%} interval ({{ number }}) year {%- endmacro %}

{#- The day on which somebody turns so many years; those born on 29 February do so on 1 March. -#}
{% macro birthday(birth_date, age) -%}
    cast(
        case
            when
                extract(month from {{ birth_date }}) = 2
                and extract(day from {{ birth_date }}) = 29
                and extract(day from ({{ birth_date }} + {{ years(age) }})) = 28
            then {{ birth_date }} + {{ years(age) }} + interval 1 day
            else {{ birth_date }} + {{ years(age) }}
        end as date
    )
{%- endmacro %}

{#- The age in completed years on a day. -#}
{% macro age_on(birth_date, day) -%}
    (
        extract(year from {{ day }})
        - extract(year from {{ birth_date }})
        - case
            when
                extract(month from {{ day }}) * 100 + extract(day from {{ day }})
                < extract(month from {{ birth_date }}) * 100 + extract(day from {{ birth_date }})
            then 1
            else 0
        end
    )
{%- endmacro %}
