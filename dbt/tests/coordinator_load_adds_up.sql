-- The loads add up to persons_per_coordinator, and the sectors to health_sector_share; each sector,
-- and each area, to what is counted of all.
with
    figure as (
        select municipality_code, reference_date, indicator, numerator, denominator
        from {{ ref("coverage") }}
        where
            age_scheme = 'standard'
            and age_group = 'all'
            and service_area = 'all'
            and indicator in ('persons_per_coordinator', 'health_sector_share')
    ),

    load as (
        select
            *,
            case
                when service_area <> 'all' and sector = 'all'
                then 'areas'
                when service_area = 'all' and sector <> 'all'
                then 'sectors'
                when service_area = 'all'
                then 'all'
            end as part
        from {{ ref("coordinator_load") }}
    ),

    counted as (
        select
            municipality_code,
            reference_date,
            'persons_per_coordinator' as indicator,
            part,
            sum(persons) as numerator,
            sum(coordinators) as denominator
        from load
        where part is not null
        group by municipality_code, reference_date, part
        union all
        select
            municipality_code,
            reference_date,
            'health_sector_share' as indicator,
            part,
            coalesce(sum(coordinators) filter (where sector = 'health'), 0) as numerator,
            sum(coordinators) as denominator
        from load
        where part = 'sectors' and sector in ('health', 'other')
        group by municipality_code, reference_date, part
    )

select *
from counted
full join figure using (municipality_code, reference_date, indicator)
where
    counted.numerator is distinct from figure.numerator
    or counted.denominator is distinct from figure.denominator
