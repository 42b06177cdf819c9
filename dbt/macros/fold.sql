{#-
    The value as values are compared: trimmed, lower case, without accents, one space between words.
    `dagster_project/values.py` folds in the same way; a test holds the two together.
-#}
{% macro fold(text) -%}
    trim(
        regexp_replace(
            replace(replace(strip_accents(lower(nfc_normalize({{ text }}))), 'ø', 'o'), 'æ', 'ae'),
            '[\s\x0b\p{Z}]+',
            ' ',
            'g'
        )
    )
{%- endmacro %}
