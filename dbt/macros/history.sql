{#-
    Whether a row names another coordinator than the one before it: neither the number nor the name is
    the same, and one of them can be held against the other. What is not known is no change.
-#}
{% macro is_another_coordinator(row, key_before, name_before) -%}
    (
        not coalesce({{ row }}.coordinator_key = {{ key_before }}, false)
        and not coalesce({{ row }}.coordinator_name_key = {{ name_before }}, false)
        and coalesce(
            {{ row }}.coordinator_key <> {{ key_before }},
            {{ row }}.coordinator_name_key <> {{ name_before }},
            false
        )
    )
{%- endmacro %}
