{#-
    Each person whom a side of a figure counts, by us or by the register, and why one does and the other
    does not: if no service without a code counts there, and if all of them do.
-#}
{% set has_uncoded = "services_without_code > 0" -%}

with
    counted as (
        {% for figure in register_figures() -%}
            {% set outer = loop -%}
            {% for side in figure.sides -%}
                select
                    municipality_code,
                    reference_date,
                    person_number,
                    '{{ figure.figure }}' as figure,
                    '{{ side.side }}' as side,
                    {{ side.ours }} as is_ours,
                    {{ side.registered }} and {{ figure.service }} as is_low,
                    {{ side.registered }}
                    and ({{ figure.service }} or {{ has_uncoded }}) as is_high,
                    {{ figure.service }} as has_counted_service,
                    {{ side.elsewhere }} as is_elsewhere,
                    is_resident,
                    services,
                    services_without_code
                from {{ ref("int_register_person") }}
                {% if not (outer.last and loop.last) %}
                    union all
                {% endif %}
            {% endfor -%}
        {%- endfor %}
    )

select
    municipality_code,
    reference_date,
    person_number,
    figure,
    side,
    is_ours,
    is_low,
    is_high,
    is_elsewhere,
    {% for bound in ["low", "high"] -%}
        case
            when is_ours = is_{{ bound }}
            then null
            when is_ours and services = 0
            then 'no_service'
            when is_ours and not has_counted_service and services_without_code = 0
            then 'services_left_out'
            {% if bound == "low" -%}
                when is_ours and not has_counted_service then 'service_without_code'
            {% endif -%}
            when is_ours
            then 'no_open_registration'
            when not is_resident
            then 'not_resident'
            when side = 'denominator'
            then 'not_target_group'
            else 'ended_by_rule'
        end as cause_{{ bound }}
        {%- if not loop.last %},{% endif %}
    {% endfor %}
from counted
where is_ours or is_high
