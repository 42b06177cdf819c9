{#-
    Confidence limits of 95 %: Wilson for shares, Byar for rates. Every constant is a double, for
    decimals overflow.
-#}
{% macro wilson(events, total, sign) -%}
    (
        2.0e0 * {{ events }} + 3.8414588206941236e0
        {{ sign }} 1.959963984540054e0 * sqrt(
            3.8414588206941236e0
            + 4.0e0 * {{ events }} * (1.0e0 - {{ events }} / cast({{ total }} as double))
        )
    )
    / (2.0e0 * ({{ total }} + 3.8414588206941236e0))
{%- endmacro %}

{#- Byar's approximation holds from ten events on; `exact` is the exact limit below that. -#}
{% macro byar_lower(events, exact) -%}
    case
        when {{ events }} < 10
        then {{ exact }}
        else
            {{ events }} * power(
                1.0e0
                - 1.0e0 / (9.0e0 * {{ events }})
                - 1.959963984540054e0 / (3.0e0 * sqrt({{ events }})),
                3
            )
    end
{%- endmacro %}

{% macro byar_upper(events, exact) -%}
    case
        when {{ events }} < 10
        then {{ exact }}
        else
            ({{ events }} + 1) * power(
                1.0e0
                - 1.0e0 / (9.0e0 * ({{ events }} + 1))
                + 1.959963984540054e0 / (3.0e0 * sqrt({{ events }} + 1)),
                3
            )
    end
{%- endmacro %}
