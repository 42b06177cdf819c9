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
    The unit that a coded cell names (`units:` in sources.yml), as it was on the day of the delivery;
    `value` is the alias of what the cell means. Each name has one unit on every day.
-#}
{% macro unit_of(value) -%}
    list_filter(
        {{ value }}.units,
        lambda named:named.municipality_code = landed.municipality_code
        and delivery.delivered between named.first_day and named.last_day
    )[1]
{%- endmacro %}

{#-
    A unit that neither the municipality's own lists nor the code list knows: the row counts, under
    the unknown service area. `area` is what they say. So does an empty cell where there must be one.
-#}
{% macro unknown_unit(column, area, is_required=false) -%}
    {% set written = "true" if is_required else "landed." ~ column ~ " is not null" -%}
    {{
        return(
            finding(
                rule="unknown_unit",
                when=written ~ " and " ~ area ~ " is null",
                column=column,
                value="landed." ~ column,
            )
        )
    }}
{%- endmacro %}

{#-
    What a rule finds in a row: `when` it does, and in which column with which value, where these are
    told. `problems` leaves the row out by the first finding, `notes` tells of each. The value is an
    expression, masked by landing if need be.
-#}
{% macro finding(rule, when, column=none, value=none) -%}
    {{ return({"rule": rule, "when": when, "column": column, "value": value}) }}
{%- endmacro %}

{% macro problems(findings) -%}
    case
        {% for finding in findings %}
            when {{ finding.when }} then {{ rule_of(finding) }}
        {% endfor %}
    end as problem_rule,
    case
        {% for finding in findings %}
            when {{ finding.when }}
            then {{ "'" ~ finding.column ~ "'" if finding.column else "null" }}
        {% endfor %}
    end as problem_column,
    case
        {% for finding in findings %}
            when {{ finding.when }} then {{ finding.value or "cast(null as text)" }}
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
            finding(
                rule=rule,
                when="landed.municipality_outcome = '" ~ outcome ~ "'",
                column=column,
                value="landed." ~ column,
            )
        ) %}
    {% endfor -%}
    {{ return(found) }}
{%- endmacro %}

{#- A row with more or fewer cells than the header: nobody knows which cell is which. -#}
{% macro misshapen() -%}
    {{
        return(
            finding(
                rule="row_shape",
                when="landed.too_wide is not null or landed.too_short is not null",
            )
        )
    }}
{%- endmacro %}

{#- `landed_as`: what landing makes of the column, where it keeps something else than it says. -#}
{% macro missing(column, landed_as=none) -%}
    {{
        return(
            finding(
                rule="missing_required",
                when="landed." ~ (landed_as or column) ~ " is null",
                column=column,
            )
        )
    }}
{%- endmacro %}

{#- A last day before the first. -#}
{% macro reversed_interval(first, last) -%}
    {{
        return(
            finding(
                rule="reversed_interval",
                when=to_date("landed." ~ last) ~ " < " ~ to_date("landed." ~ first),
                column=last,
                value="landed." ~ last,
            )
        )
    }}
{%- endmacro %}

{#-
    A value that nobody knows. A number that some code list has, which the source does not declare,
    is told apart, with the lists that it may be of.
-#}
{% macro unknown(column, alias) -%}
    {% set lists = alias ~ ".fitting_code_lists" -%}
    {{
        return(
            dict(
                finding(
                    rule="unknown_value",
                    when="landed." ~ column ~ " is not null and " ~ alias ~ ".canonical is null",
                    column=column,
                    value="landed." ~ column ~ " || coalesce(' (' || " ~ lists ~ " || ')', '')",
                ),
                unless={"rule": "number_undeclared", "when": lists ~ " is not null"},
            )
        )
    }}
{%- endmacro %}

{#- The rule of a finding, as an expression: it may be another one, `unless` says when. -#}
{% macro rule_of(finding) -%}
    {% if finding.unless -%}
        case
            when {{ finding.unless.when }}
            then '{{ finding.unless.rule }}'
            else '{{ finding.rule }}'
        end
    {%- else -%} '{{ finding.rule }}'
    {%- endif %}
{%- endmacro %}

{% macro unreadable(column, what="date") -%}
    {{
        return(
            finding(
                rule="unreadable_" ~ what,
                when=is_unreadable("landed." ~ column),
                column=column,
                value=unread_text("landed." ~ column),
            )
        )
    }}
{%- endmacro %}

{#-
    The last day of an interval holds the error of a spreadsheet, or a formula without a result: the
    row ends on a day that nobody can tell, and is not open.
-#}
{% macro lost_last_day(column) -%}
    {{
        return(
            finding(
                rule="last_day_without_value", when="landed." ~ column ~ " = '?#'", column=column
            )
        )
    }}
{%- endmacro %}

{#- So where the last day is an object of JSON, which holds several values. -#}
{% macro nested_last_day(column) -%}
    {{
        return(
            finding(
                rule="last_day_holds_object", when="landed." ~ column ~ " = '?…'", column=column
            )
        )
    }}
{%- endmacro %}

{% macro unreadable_last_day(column) -%}
    {{
        return(
            finding(
                rule="unreadable_date_noted",
                when=is_unreadable("landed." ~ column)
                ~ " and landed."
                ~ column
                ~ " not in ('?#', '?…')",
                column=column,
                value=unread_text("landed." ~ column),
            )
        )
    }}
{%- endmacro %}

{#- A finding of those rows only that something else is true of. -#}
{% macro only_if(condition, found) -%}
    {{ return(dict(found, when="(" ~ found.when ~ ") and (" ~ condition ~ ")")) }}
{%- endmacro %}

{#- The same problems where the field does not decide whether the row counts: told, not acted on. -#}
{% macro noted(found) -%}
    {% set told = dict(found, rule=found.rule ~ "_noted") -%}
    {% if found.unless -%}
        {% do told.update(unless=dict(found.unless, rule=found.unless.rule ~ "_noted")) -%}
    {% endif -%}
    {{ return(told) }}
{%- endmacro %}

{#- What is told of a row of any record type, whether it counts or not. -#}
{% macro row_notes() -%}
    {{
        return(
            [
                finding(
                    rule="municipality_recoded",
                    when="landed.municipality_outcome = 'recoded'",
                    column="kommune",
                    value="landed.kommune",
                ),
                finding(
                    rule="municipality_split",
                    when="landed.municipality_outcome = 'split_to_source'",
                    column="kommune",
                    value="landed.kommune",
                ),
            ]
        )
    }}
{%- endmacro %}

{% macro person_notes() -%}
    {{
        return(
            [
                finding(
                    rule="id_leading_zero",
                    when="landed.person_id_zero_added is not null",
                    column="fnr",
                ),
                finding(
                    rule="id_invalid", when="landed.person_id_problem = 'invalid'", column="fnr"
                ),
                finding(
                    rule="synthetic_id_refused",
                    when="landed.person_id_problem = 'synthetic_not_allowed'",
                    column="fnr",
                ),
            ]
        )
    }}
{%- endmacro %}

{#-
    The notes as a list, null where there are none; each is {rule, column_name, value}: what is found
    here, and what landing remarked of how it read the cells (`rule column`, parted by `;`). Whether
    there are any is asked first: most rows have none, and making lists takes longer than asking.
-#}
{% macro notes(findings) -%}
    case
        when
            landed.remarks is not null
            {% for finding in findings %} or ({{ finding.when }}) {% endfor %}
        then
            list_concat(
                list_filter(
                    [
                        {% for finding in findings -%}
                            case
                                when {{ finding.when }}
                                then
                                    {
                                        'rule':{{ rule_of(finding) }},
                                        'column_name':
                                        {{
                                            (
                                                "'" ~ finding.column ~ "'"
                                                if finding.column
                                                else "cast(null as text)"
                                            )
                                        }},
                                        'value':{{ finding.value or "cast(null as text)" }}
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
