{#- What every staged row says of where it came from, and what tells it from others. -#}
{% macro row_columns() -%}
    delivery.delivery_number,
    delivery.source_number,
    delivery.delivered,
    delivery.status as delivery_status,
    cast(landed.row_number as integer) as row_number,
    landed.content_key,
    -- A row without what would name its registration is told from others by its content.
    coalesce(landed.registration_key, landed.content_key) as registration,
    landed.registration_key is null as lacks_key,
    landed.municipality_code
{%- endmacro %}

{#- The columns of a row about a person. -#}
{% macro person_columns() -%}
    landed.person_key,
    landed.person_id_kind,
    {{ to_date("landed.person_id_birth_date") }} as person_id_birth_date,
    landed.name_keys
{%- endmacro %}

{% macro from_landed(record) -%}
    {{ source("landing", record) }} as landed
    inner join
        {{ ref("stg_delivery") }} as delivery
        on landed.source = delivery.source
        and landed.delivery_key = delivery.delivery_key
{%- endmacro %}

{#- Joins what a written value means; the alias has `canonical`. -#}
{% macro join_value(alias, column, record) -%}
    left join
        {{ ref("stg_written_value") }} as {{ alias }}
        on landed.source = {{ alias }}.source
        and landed.{{ column }} = {{ alias }}.written
        and {{ alias }}.record = '{{ record }}'
        and {{ alias }}.field = '{{ column }}'
{%- endmacro %}

{#-
    A list of problems of a row, in the order in which they are told. Each is a list of
    [condition, rule, column, value]; the value is an expression, masked by landing if need be.
-#}
{% macro problems(found) -%}
    case
        {% for item in found %} when {{ item[0] }} then '{{ item[1] }}' {% endfor %}
    end as problem_rule,
    case
        {% for item in found %}
            when {{ item[0] }} then {{ "'" ~ item[2] ~ "'" if item[2] else "null" }}
        {% endfor %}
    end as problem_column,
    case
        {% for item in found %}
            when {{ item[0] }} then {{ item[3] if item[3] else "cast(null as text)" }}
        {% endfor %}
    end as problem_value
{%- endmacro %}

{#- What is wrong with a row of any record type. -#}
{% macro row_problems() -%}
    {{ return([misshapen()] + municipality_problems("kommune")) }}
{%- endmacro %}

{#- What is wrong with the municipality of a row; the column is the one that names it. -#}
{% macro municipality_problems(column) -%}
    {% set found = [] -%}
    {% for outcome, rule in [
        ("unknown", "municipality_unknown"),
        ("ambiguous", "municipality_ambiguous"),
        ("divided", "municipality_divided"),
        ("no_municipality", "municipality_none"),
        ("not_held", "municipality_not_held"),
    ] -%}
        {% do found.append(
            [
                "landed.municipality_outcome = '" ~ outcome ~ "'",
                rule,
                column,
                "landed." ~ column,
            ]
        ) %}
    {% endfor -%}
    {{ return(found) }}
{%- endmacro %}

{#- A row with more or fewer cells than the header: nobody knows which cell is which. -#}
{% macro misshapen() -%}
    {{
        return(
            [
                "landed.too_wide is not null or landed.too_short is not null",
                "row_shape",
                none,
                none,
            ]
        )
    }}
{%- endmacro %}

{% macro missing(column) -%}
    {{ return(["landed." ~ column ~ " is null", "missing_required", column, none]) }}
{%- endmacro %}

{% macro unknown(column, alias) -%}
    {{
        return(
            [
                "landed." ~ column ~ " is not null and " ~ alias ~ ".canonical is null",
                "unknown_value",
                column,
                "landed." ~ column,
            ]
        )
    }}
{%- endmacro %}

{% macro unreadable(column, what="date") -%}
    {{
        return(
            [
                is_unreadable("landed." ~ column),
                "unreadable_" ~ what,
                column,
                unread_text("landed." ~ column),
            ]
        )
    }}
{%- endmacro %}

{#-
    The last day of an interval holds the error of a spreadsheet, or a formula without a result: the
    row ends on a day that nobody can tell, and is not open.
-#}
{% macro lost_last_day(column) -%}
    {{ return(["landed." ~ column ~ " = '?#'", "last_day_without_value", column, none]) }}
{%- endmacro %}

{#- So where the last day is an object of JSON, which holds several values. -#}
{% macro nested_last_day(column) -%}
    {{ return(["landed." ~ column ~ " = '?…'", "last_day_holds_object", column, none]) }}
{%- endmacro %}

{% macro unreadable_last_day(column) -%}
    {{
        return(
            [
                is_unreadable("landed." ~ column)
                ~ " and landed."
                ~ column
                ~ " not in ('?#', '?…')",
                "unreadable_date_noted",
                column,
                unread_text("landed." ~ column),
            ]
        )
    }}
{%- endmacro %}

{#- The same problems where the field does not decide whether the row counts: told, not acted on. -#}
{% macro noted(problem) -%}
    {{ return([problem[0], problem[1] ~ "_noted", problem[2], problem[3]]) }}
{%- endmacro %}

{#- What is told of a row of any record type, whether it counts or not. -#}
{% macro row_notes() -%}
    {{
        return(
            [
                [
                    "landed.municipality_outcome = 'recoded'",
                    "municipality_recoded",
                    "kommune",
                    "landed.kommune",
                ],
                [
                    "landed.municipality_outcome = 'split_to_source'",
                    "municipality_split",
                    "kommune",
                    "landed.kommune",
                ],
            ]
        )
    }}
{%- endmacro %}

{% macro person_notes() -%}
    {{
        return(
            [
                ["landed.person_id_zero_added is not null", "id_leading_zero", "fnr", none],
                ["landed.person_id_problem = 'invalid'", "id_invalid", "fnr", none],
                [
                    "landed.person_id_problem = 'synthetic_not_allowed'",
                    "synthetic_id_refused",
                    "fnr",
                    none,
                ],
            ]
        )
    }}
{%- endmacro %}

{#-
    The notes as a list, null where there are none; each is {rule, column_name, value}: what is found
    here, and what landing remarked of how it read the cells (`rule column`, parted by `;`). Whether
    there are any is asked first: most rows have none, and making lists takes longer than asking.
-#}
{% macro notes(found) -%}
    case
        when landed.remarks is not null {% for item in found %} or ({{ item[0] }}) {% endfor %}
        then
            list_concat(
                list_filter(
                    [
                        {% for item in found -%}
                            case
                                when {{ item[0] }}
                                then
                                    {
                                        'rule':'{{ item[1] }}',
                                        'column_name':
                                        {{
                                            (
                                                "'" ~ item[2] ~ "'"
                                                if item[2]
                                                else "cast(null as text)"
                                            )
                                        }},
                                        'value':{{ item[3] if item[3] else "cast(null as text)" }}
                                    }
                            end
                            {%- if not loop.last %}, {% endif %}
                        {% endfor %}
                    ],
                    lambda note:note is not null
                ),
                list_transform(
                    string_split(landed.remarks, ';'),
                    lambda remark: {
                        'rule':split_part(remark, ' ', 1),
                        'column_name':split_part(remark, ' ', 2),
                        'value':cast(null as text)
                    }
                )
            )
    end as notes
{%- endmacro %}
