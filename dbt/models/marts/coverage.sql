{#-
    Indicators of persons of the target group: what is counted, of how many, and how many there would
    be if every quarantined row had counted.
-#}
{% set of_persons = [
    ("coordinator_coverage", "coordinator", "target_group", "coordinator_at_most"),
    ("plan_coverage", "plan", "target_group", "plan_at_most"),
    ("both_coverage", "coordinator_and_plan", "target_group", "null"),
    ("plan_without_coordinator", "plan_without_coordinator", "plan", "null"),
    ("living_plan_share", "living_plan", "plan", "null"),
    ("meeting_coverage", "coordinator_with_meeting", "coordinator", "null"),
    ("consent_share", "consent_yes", "consent_known", "null"),
] %}
{% set of_inhabitants = [
    ("coordinator_rate", "coordinator", "inhabitants"),
    ("child_coordinator_rate", "child_coordinator", "inhabitants_under_18"),
] %}

with
    counted as (
        {% for indicator, numerator, denominator, at_most in of_persons -%}
            select
                municipality_code,
                reference_date,
                age_scheme,
                age_group,
                service_area,
                '{{ indicator }}' as indicator,
                {{ numerator }} as numerator,
                {{ denominator }} as denominator,
                cast(null as double[]) as quartiles,
                cast({{ at_most }} as bigint) as at_most,
                cast(null as bigint) as families
            from {{ ref("int_coverage__persons") }}
            union all
        {% endfor %}
        {% for indicator, numerator, denominator in of_inhabitants -%}
            select
                inhabitants.municipality_code,
                inhabitants.reference_date,
                inhabitants.age_scheme,
                inhabitants.age_group,
                'all' as service_area,
                '{{ indicator }}' as indicator,
                coalesce(persons.{{ numerator }}, 0) as numerator,
                inhabitants.{{ denominator }} as denominator,
                null as quartiles,
                null as at_most,
                {% if indicator == "child_coordinator_rate" -%} coalesce(families.families, 0)
                {%- else -%} null
                {%- endif %} as families
            from {{ ref("int_coverage__inhabitants") }} as inhabitants
            left join
                {{ ref("int_coverage__persons") }} as persons
                on inhabitants.municipality_code = persons.municipality_code
                and inhabitants.reference_date = persons.reference_date
                and inhabitants.age_scheme = persons.age_scheme
                and inhabitants.age_group = persons.age_group
                and persons.service_area = 'all'
            {% if indicator == "child_coordinator_rate" -%}
                left join
                    {{ ref("int_coverage__families") }} as families
                    on inhabitants.municipality_code = families.municipality_code
                    and inhabitants.reference_date = families.reference_date
                    and inhabitants.age_scheme = families.age_scheme
                    and inhabitants.age_group = families.age_group
            {%- endif %}
            union all
        {% endfor %}
        select
            coordinators.municipality_code,
            coordinators.reference_date,
            persons.age_scheme,
            persons.age_group,
            persons.service_area,
            'persons_per_coordinator' as indicator,
            persons.coordinator as numerator,
            coordinators.distinct_coordinator as denominator,
            null as quartiles,
            null as at_most,
            null as families
        from {{ ref("int_coverage__coordinators") }} as coordinators
        inner join
            {{ ref("int_coverage__persons") }} as persons
            on coordinators.municipality_code = persons.municipality_code
            and coordinators.reference_date = persons.reference_date
            and persons.age_group = 'all'
            and persons.service_area = 'all'
        union all
        select
            coordinators.municipality_code,
            coordinators.reference_date,
            scheme.age_scheme,
            'all' as age_group,
            'all' as service_area,
            'health_sector_share' as indicator,
            coordinators.coordinator_from_health as numerator,
            coordinators.distinct_coordinator_known_area as denominator,
            null as quartiles,
            null as at_most,
            null as families
        from {{ ref("int_coverage__coordinators") }} as coordinators
        cross join (select distinct age_scheme from {{ ref("age_groups") }}) as scheme
        union all
        select
            municipality_code,
            reference_date,
            age_scheme,
            age_group,
            'all' as service_area,
            indicator,
            numerator,
            denominator,
            quartiles,
            null as at_most,
            null as families
        from {{ ref("int_coverage__flows") }}
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
    counted.families
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
left join {{ ref("poisson_limits") }} as exact on counted.numerator = exact.events
where counted.denominator > 0 or (indicator.kind = 'count' and counted.numerator > 0)
