{#-
    The value as values are compared: trimmed, lower case, without accents or signs that nobody sees,
    one space between words.
    `dagster_project/values.py` folds in the same way; a test holds the two together.
-#}
{% macro fold(text) -%}
    trim(
        regexp_replace(
            replace(
                replace(
                    strip_accents(
                        lower(nfc_normalize(regexp_replace({{ text }}, {{ invisible() }}, '', 'g')))
                    ),
                    'ø',
                    'o'
                ),
                'æ',
                'ae'
            ),
            '[\s\x0b\x1c-\x1f\x85\x{2800}\p{Z}]+',
            ' ',
            'g'
        )
    )
{%- endmacro %}

{#- The number that a folded value is, without leading zeros; null where it is none. -#}
{% macro bare_number(folded) -%}
    nullif(regexp_extract({{ folded }}, '^0*([0-9]+)(?:[.,]0+)?$', 1), '')
{%- endmacro %}

{#- The signs that nobody sees. -#}
{% macro invisible() -%}
    '[\x00-\x08\x0e-\x1b\x7f-\x{84}\x{86}-\x{9f}\x{ad}\x{34f}\x{61c}\x{115f}\x{1160}\x{17b4}\x{17b5}\x{180b}-\x{180f}\x{200b}-\x{200f}\x{202a}-\x{202e}\x{2060}-\x{206f}\x{3164}\x{fe00}-\x{fe0f}\x{feff}\x{ffa0}\x{fff0}-\x{fffb}\x{e0000}-\x{e0fff}]'
{%- endmacro %}
