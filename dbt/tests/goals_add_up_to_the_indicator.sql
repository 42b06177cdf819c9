-- Those whose goals are followed, whenever the first conversation was, are those of the indicator.
with
    counted as (
        select
            municipality_code,
            reference_date,
            sum(persons_followed) as followed,
            sum(persons_improved) as improved
        from {{ ref("goal_followup") }}
        group by municipality_code, reference_date
        having sum(persons_followed) > 0
    ),

    figure as (
        select municipality_code, reference_date, denominator, numerator
        from {{ ref("coverage") }}
        where indicator = 'goal_improvement' and age_scheme = 'standard' and age_group = 'all'
    )

select *
from counted
full outer join figure using (municipality_code, reference_date)
where
    counted.followed is distinct from figure.denominator
    or counted.improved is distinct from figure.numerator
