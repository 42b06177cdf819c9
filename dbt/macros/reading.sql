{#- Landing writes a date as ISO, a number plain, and a cell it could not read behind a question mark. -#}
{% macro to_date(column) -%} try_cast({{ column }} as date){%- endmacro %}

{% macro to_number(column, type="integer") -%}
    try_cast(try_cast({{ column }} as double) as {{ type }})
{%- endmacro %}

{% macro is_unreadable(column) -%} coalesce({{ column }} like '?%', false){%- endmacro %}

{% macro unread_text(column) -%}
    case when {{ column }} like '?%' then substr({{ column }}, 2) end
{%- endmacro %}
