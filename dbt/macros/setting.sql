{#- A parameter of the counting rules as a column of its type; made from `int_parameter`. -#}
{% macro setting(name, type="integer") -%}
    cast(max(value) filter (where parameter = '{{ name }}') as {{ type }}) as {{ name }}
{%- endmacro %}
