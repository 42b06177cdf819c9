{#-
    The coordinators on each reference date by whether they have ever been trained, where they work and
    in all.
-#}
with
    training as (
        select
            municipality_code,
            coordinator_key,
            min(completed_on) as completed_on,
            min(offered_on) as offered_on
        from {{ ref("int_training") }}
        where coordinator_key is not null
        group by municipality_code, coordinator_key
    ),

    coordinator as (
        select
            at_work.municipality_code,
            at_work.reference_date,
            coalesce(at_work.service_area, 'unknown') as service_area,
            -- Whom no registration names, nobody can look up among those who are trained.
            at_work.coordinator not like 'assignment %' as is_named,
            coalesce(training.completed_on <= at_work.reference_date, false) as is_trained,
            coalesce(training.offered_on <= at_work.reference_date, false) as is_offered
        from {{ ref("int_coordinator_date") }} as at_work
        left join
            training
            on at_work.municipality_code = training.municipality_code
            and at_work.coordinator = training.coordinator_key
    )

select
    municipality_code,
    reference_date,
    coalesce(service_area, 'all') as service_area,
    cast(count(*) as bigint) as coordinators,
    cast(count(*) filter (where is_trained) as bigint) as coordinators_trained,
    cast(count(*) filter (where is_offered and not is_trained) as bigint) as coordinators_offered,
    cast(count(*) filter (where not is_named) as bigint) as coordinators_unnamed
from coordinator
group by municipality_code, reference_date, rollup (service_area)
