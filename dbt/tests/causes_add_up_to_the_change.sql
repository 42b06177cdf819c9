-- What the causes add sums to the change of the figure in a year, of everybody and of each age
-- group.
with
    counted as (
        select municipality_code, reference_date, indicator, age_group, numerator, denominator
        from {{ ref("coverage") }}
        where age_scheme = 'standard' and service_area = 'all'
    ),

    -- Figures that nobody has lost or come to have no cause: the dates are those of any of them.
    pair as (
        select distinct municipality_code, reference_date, compared_on
        from {{ ref("coverage_change") }}
    ),

    told as (
        select
            municipality_code,
            reference_date,
            indicator,
            age_group,
            sum(numerator_change) as numerator_change,
            sum(denominator_change) as denominator_change
        from {{ ref("coverage_change") }}
        group by municipality_code, reference_date, indicator, age_group
    ),

    known as (select distinct municipality_code, indicator, age_group from told)

select
    pair.municipality_code,
    pair.reference_date,
    known.indicator,
    known.age_group,
    coalesce(later.numerator, 0) - coalesce(earlier.numerator, 0) as numerators,
    coalesce(later.denominator, 0) - coalesce(earlier.denominator, 0) as denominators
from pair
inner join known using (municipality_code)
left join
    counted as later
    on pair.municipality_code = later.municipality_code
    and pair.reference_date = later.reference_date
    and known.indicator = later.indicator
    and known.age_group = later.age_group
left join
    counted as earlier
    on pair.municipality_code = earlier.municipality_code
    and pair.compared_on = earlier.reference_date
    and known.indicator = earlier.indicator
    and known.age_group = earlier.age_group
left join
    told
    on pair.municipality_code = told.municipality_code
    and pair.reference_date = told.reference_date
    and known.indicator = told.indicator
    and known.age_group = told.age_group
where
    numerators <> coalesce(told.numerator_change, 0)
    or denominators <> coalesce(told.denominator_change, 0)
