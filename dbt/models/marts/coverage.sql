{#- Indicators of persons of the target group: what is counted, and of how many. -#}
{% set of_persons = [
    ("coordinator_coverage", "coordinator", "target_group"),
    ("plan_coverage", "plan", "target_group"),
    ("both_coverage", "coordinator_and_plan", "target_group"),
    ("plan_without_coordinator", "plan_without_coordinator", "plan"),
    ("living_plan_share", "living_plan", "plan"),
    ("meeting_coverage", "coordinator_with_meeting", "coordinator"),
    ("consent_share", "consent_yes", "consent_known"),
] %}
{% set of_inhabitants = [
    ("coordinator_rate", "coordinator", "inhabitants"),
    ("child_coordinator_rate", "child_coordinator", "inhabitants_under_18"),
] %}

with
    counted as (
        {% for indicator, numerator, denominator in of_persons -%}
            select
                municipality_code,
                reference_date,
                age_scheme,
                age_group,
                service_area,
                '{{ indicator }}' as indicator,
                {{ numerator }} as numerator,
                {{ denominator }} as denominator,
                cast(null as double[]) as quartiles
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
                null as quartiles
            from {{ ref("int_coverage__inhabitants") }} as inhabitants
            left join
                {{ ref("int_coverage__persons") }} as persons
                on inhabitants.municipality_code = persons.municipality_code
                and inhabitants.reference_date = persons.reference_date
                and inhabitants.age_scheme = persons.age_scheme
                and inhabitants.age_group = persons.age_group
                and persons.service_area = 'all'
            union all
        {% endfor %}
        select
            coordinators.municipality_code,
            coordinators.reference_date,
            'standard' as age_scheme,
            'all' as age_group,
            'all' as service_area,
            'persons_per_coordinator' as indicator,
            persons.coordinator as numerator,
            coordinators.distinct_coordinator as denominator,
            null as quartiles
        from {{ ref("int_coverage__coordinators") }} as coordinators
        inner join
            {{ ref("int_coverage__persons") }} as persons
            on coordinators.municipality_code = persons.municipality_code
            and coordinators.reference_date = persons.reference_date
            and persons.age_scheme = 'standard'
            and persons.age_group = 'all'
            and persons.service_area = 'all'
        union all
        select
            municipality_code,
            reference_date,
            'standard' as age_scheme,
            'all' as age_group,
            'all' as service_area,
            'health_sector_share' as indicator,
            coordinator_from_health as numerator,
            distinct_coordinator_known_area as denominator,
            null as quartiles
        from {{ ref("int_coverage__coordinators") }}
        union all
        select
            municipality_code,
            reference_date,
            'standard' as age_scheme,
            'all' as age_group,
            'all' as service_area,
            indicator,
            numerator,
            denominator,
            quartiles
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
    cast(null as text) as grade,
    definition.definition_set
from counted
inner join {{ ref("indicators") }} as indicator on counted.indicator = indicator.indicator
inner join
    {{ ref("int_definition") }} as definition
    on counted.municipality_code = definition.municipality_code
left join {{ ref("poisson_limits") }} as exact on counted.numerator = exact.events
where counted.denominator > 0 or (indicator.kind = 'count' and counted.numerator > 0)
