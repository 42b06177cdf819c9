-- The target group beside which primary contacts are counted is that of the coverage.
with
    figure as (
        select municipality_code, reference_date, age_group, denominator
        from {{ ref("coverage") }}
        where
            indicator = 'coordinator_coverage' and age_scheme = 'standard' and service_area = 'all'
    )

select municipality_code, reference_date, age_group, beside.target_group, figure.denominator
from {{ ref("primary_contact") }} as beside
full outer join figure using (municipality_code, reference_date, age_group)
where coalesce(beside.target_group, 0) <> coalesce(figure.denominator, 0)
