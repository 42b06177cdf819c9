-- The loads add up to persons_per_coordinator, and the sectors to health_sector_share; each sector,
-- and each area, to what is counted of all. Who has two coordinators by design is of both loads.
with
    with_several as (
        select
            resident.municipality_code,
            resident.reference_date,
            resident.person_number,
            count(
                distinct coalesce(
                    assignment.coordinator_key, 'assignment ' || assignment.assignment_number
                )
            ) as coordinators
        from {{ ref("int_person_date") }} as resident
        inner join
            {{ ref("int_coordinator__assignment") }} as assignment
            on resident.person_number = assignment.person_number
            and resident.reference_date
            between assignment.first_day and coalesce(assignment.last_day, date '9999-12-31')
        where
            assignment.counts
            and not assignment.has_no_day
            and assignment.person_number
            in (select person_number from {{ ref("int_coordinator__second") }})
        group by resident.municipality_code, resident.reference_date, resident.person_number
    ),

    more as (
        select municipality_code, reference_date, sum(coordinators - 1) as persons
        from with_several
        group by municipality_code, reference_date
    ),

    figure as (
        select
            municipality_code,
            reference_date,
            indicator,
            case
                when indicator = 'persons_per_coordinator'
                then numerator + coalesce(more.persons, 0)
                else numerator
            end as numerator,
            denominator
        from {{ ref("coverage") }}
        left join more using (municipality_code, reference_date)
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
