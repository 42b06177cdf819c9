{#- Confidence limits of 95 % (docs/methods: Wilson for shares, Byar for rates). -#}
{% macro wilson(events, total, sign) -%}
    (
        2.0 * {{ events }} + 3.8414588206941236
        {{ sign }} 1.959963984540054 * sqrt(
            3.8414588206941236
            + 4.0 * {{ events }} * (1.0 - {{ events }} / cast({{ total }} as double))
        )
    )
    / (2.0 * ({{ total }} + 3.8414588206941236))
{%- endmacro %}

{#- Byar's approximation holds from ten events on; `exact` is the exact limit below that. -#}
{% macro byar_lower(events, exact) -%}
    case
        when {{ events }} < 10
        then {{ exact }}
        else
            {{ events }} * power(
                1.0 - 1.0 / (9.0 * {{ events }}) - 1.959963984540054 / (3.0 * sqrt({{ events }})), 3
            )
    end
{%- endmacro %}

{% macro byar_upper(events, exact) -%}
    case
        when {{ events }} < 10
        then {{ exact }}
        else
            ({{ events }} + 1) * power(
                1.0
                - 1.0 / (9.0 * ({{ events }} + 1))
                + 1.959963984540054 / (3.0 * sqrt({{ events }} + 1)),
                3
            )
    end
{%- endmacro %}
