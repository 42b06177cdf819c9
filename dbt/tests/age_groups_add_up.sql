-- In a scheme that covers every age, the groups add up to `all`.
select
    municipality_code,
    reference_date,
    service_area,
    indicator,
    sum(denominator) filter (where age_group <> 'all') as parts,
    max(denominator) filter (where age_group = 'all') as whole
from {{ ref("coverage") }}
where
    age_scheme in ('standard', 'sintef')
    and indicator in ('coordinator_coverage', 'plan_coverage', 'both_coverage', 'coordinator_rate')
group by municipality_code, reference_date, age_scheme, service_area, indicator
having parts <> whole
