{#- Every indicator in each of its cells: what is counted, of how many, and what that says. -#}
with
    counted as (
        {% for indicator in indicators() -%}
            {{ counted_for(indicator) }}
            {% if not loop.last -%}
                union all
            {% endif %}
        {%- endfor %}
    )

select
    counted.municipality_code,
    counted.reference_date,
    counted.age_scheme,
    counted.age_group,
    counted.service_area,
    counted.indicator,
    cast(counted.numerator as bigint) as numerator,
    cast(counted.denominator as bigint) as denominator,
    cast(
        case
            indicator.kind
            when 'median'
            then counted.quartiles[2]
            when 'count'
            then counted.numerator
            else indicator.multiplier * counted.numerator / cast(counted.denominator as double)
        end as double
    ) as value,
    cast(
        case
            indicator.kind
            when 'share'
            then greatest(0.0, {{ wilson("counted.numerator", "counted.denominator", "-") }})
            when 'rate'
            then
                indicator.multiplier
                * {{ byar_lower("counted.numerator", "exact.lower_95") }}
                / counted.denominator
            when 'median'
            then counted.quartiles[1]
        end as double
    ) as ci_low,
    cast(
        case
            indicator.kind
            when 'share'
            then least(1.0, {{ wilson("counted.numerator", "counted.denominator", "+") }})
            when 'rate'
            then
                indicator.multiplier
                * {{ byar_upper("counted.numerator", "exact.upper_95") }}
                / counted.denominator
            when 'median'
            then counted.quartiles[3]
        end as double
    ) as ci_high,
    comparability.grade,
    definition.definition_set,
    segment.segment,
    -- What quarantined rows could change of it (counting rules, section 7).
    case
        when counted.at_most is not null then counted.numerator / counted.denominator
    end as bound_low,
    counted.at_most / counted.denominator as bound_high,
    case
        when counted.indicator = 'child_coordinator_rate' then coalesce(families.families, 0)
    end as families
from counted
inner join {{ ref("indicators") }} as indicator on counted.indicator = indicator.indicator
inner join
    {{ ref("int_definition") }} as definition
    on counted.municipality_code = definition.municipality_code
inner join
    {{ ref("int_comparability") }} as comparability
    on counted.municipality_code = comparability.municipality_code
    and counted.reference_date = comparability.reference_date
    and counted.indicator = comparability.indicator
inner join
    {{ ref("int_segment") }} as segment
    on counted.municipality_code = segment.municipality_code
    and counted.reference_date = segment.reference_date
    and counted.indicator = segment.indicator
left join
    {{ ref("int_coverage__families") }} as families
    on counted.municipality_code = families.municipality_code
    and counted.reference_date = families.reference_date
    and counted.age_scheme = families.age_scheme
    and counted.age_group = families.age_group
    and counted.indicator = 'child_coordinator_rate'
left join {{ ref("poisson_limits") }} as exact on counted.numerator = exact.events
where counted.denominator > 0 or (indicator.kind = 'count' and counted.numerator > 0)
