{#- The periods that indicators look at (counting rules, section 7), seen from a day. -#}
{#- The 365 days up to and including the day. -#}
{% macro within_a_year(day) -%} between {{ day }} - 364 and {{ day }} {%- endmacro %}

{#- The 365 days that ended 365 days before it. -#}
{% macro within_the_year_before(day) -%} between {{ day }} - 729 and {{ day }} - 365 {%- endmacro %}

{#- The 365 days that ended 183 days before it. -#}
{% macro within_a_year_until_half_a_year_ago(day) -%}
    between {{ day }} - 547 and {{ day }} - 183
{%- endmacro %}

{#- Whether a person of `int_person` is born and lives here on the day (counting rules, 2.5). -#}
{% macro lives_here_on(person, day) -%}
    {{ day }} between coalesce({{ person }}.moved_in, {{ day }}) and coalesce(
        {{ person }}.last_resident_day, {{ day }}
    )
    and {{ day }} >= coalesce({{ person }}.birth_date, {{ day }})
{%- endmacro %}
