-- The indicators, with their limits, bounds and grades.
create table coverage as
with
    inhabitants as (
        select
            number, age_scheme, age_group, cast(sum(persons) as bigint) as inhabitants,
            cast(coalesce(sum(persons) filter (where inhabitant.age < 18), 0) as bigint) as inhabitants_under_18
        from date_of inner join inhabitant on year(reference_date) = year
        inner join band on inhabitant.age = band.age
        group by number, age_scheme, age_group
    ),
    by_inhabitants as (
        select inhabitants.*, coalesce(coordinator, 0) as coordinator,
            coalesce(child_coordinator, 0) as child_coordinator
        from inhabitants
        left join (select * from cell where service_area = 'all') as persons using (number, age_scheme,
            age_group)
    ),
    counted as (
        select
            number, age_scheme, age_group, service_area,
            unnest([
                {'indicator': 'coordinator_coverage', 'numerator': coordinator, 'denominator': target_group,
                    'at_most': coordinator_at_most},
                {'indicator': 'plan_coverage', 'numerator': plan, 'denominator': target_group,
                    'at_most': plan_at_most},
                {'indicator': 'both_coverage', 'numerator': coordinator_and_plan, 'denominator': target_group,
                    'at_most': null},
                {'indicator': 'plan_without_coordinator', 'numerator': plan - coordinator_and_plan,
                    'denominator': plan, 'at_most': null},
                {'indicator': 'living_plan_share', 'numerator': living_plan, 'denominator': plan,
                    'at_most': null},
                {'indicator': 'meeting_coverage', 'numerator': coordinator_with_meeting,
                    'denominator': coordinator, 'at_most': null},
                {'indicator': 'consent_share', 'numerator': consent_yes, 'denominator': consent_known,
                    'at_most': null}
            ], recursive := true),
            null as quartiles, null as families
        from cell
        union all
        -- No row of a region names a family.
        select number, age_scheme, age_group, 'all', 'child_coordinator_rate', child_coordinator,
            inhabitants_under_18, null, null, 0
        from by_inhabitants
        union all
        select number, age_scheme, age_group, 'all', 'coordinator_rate', coordinator, inhabitants, null, null,
            null
        from by_inhabitants
        union all
        select number, age_scheme, 'all', 'all', 'persons_per_coordinator', coordinator, distinct_coordinator,
            null, null, null
        from coordinators inner join cell using (number) where age_group = 'all' and service_area = 'all'
        union all
        select number, age_scheme, 'all', 'all', 'health_sector_share', coordinator_from_health,
            distinct_coordinator_known_area, null, null, null
        from coordinators cross join (select distinct age_scheme from reference.age_groups)
        union all
        select number, age_scheme, age_group, 'all', indicator, numerator, denominator, null, null, null
        from flow where indicator <> 'coordinator_changes'
        union all
        select number, age_scheme, age_group, 'all', 'coordinator_changes', coalesce(numerator, 0),
            coordinator, null, null, null
        from cell
        left join (select * from flow where indicator = 'coordinator_changes') as changes using (number,
            age_scheme, age_group)
        where service_area = 'all'
        union all
        select number, age_scheme, age_group, 'all', indicator, null, denominator, null, quartiles, null
        from waiting
    )
select
    date_of.reference_date, age_scheme, age_group, service_area, indicator,
    cast(numerator as bigint) as numerator, cast(denominator as bigint) as denominator,
    case kind when 'median' then quartiles[2]
        else multiplier * numerator / cast(denominator as double) end as value,
    case kind
        when 'share' then greatest(0.0, wilson(numerator, denominator, -1))
        when 'rate' then multiplier * case when numerator < 10 then lower_95
            else byar(numerator, -1) end / denominator
        when 'median' then quartiles[1]
    end as ci_low,
    case kind
        when 'share' then least(1.0, wilson(numerator, denominator, 1))
        when 'rate' then multiplier * case when numerator < 10 then upper_95
            else byar(numerator + 1, 1) end / denominator
        when 'median' then quartiles[3]
    end as ci_high,
    grade, '2026.2' as definition_set, segment,
    case when at_most is not null then numerator / denominator end as bound_low,
        at_most / denominator as bound_high,
    cast(families as bigint) as families
from counted
inner join date_of using (number)
inner join reference.indicators using (indicator)
inner join comparability on comparability.reference_date = date_of.reference_date
    and comparability.indicator = counted.indicator
left join reference.poisson_limits on numerator = events
where denominator > 0;
