{#-
    Persons of the target group by municipality, reference date, age group and service area. Counted
    by single year of age first: a person has one age, so ages add up to groups.
-#}
with
    in_area as (
        select municipality_code, reference_date, person_number, service_area
        from {{ ref("int_person_area_date") }}
        union all
        select municipality_code, reference_date, person_number, 'all' as service_area
        from {{ ref("int_person_date") }}
    ),

    by_age as (
        select
            member.municipality_code,
            member.reference_date,
            in_area.service_area,
            member.age,
            count(*) as target_group,
            count(*) filter (where member.has_coordinator) as coordinator,
            count(*) filter (
                where member.has_child_coordinator and member.age < 18
            ) as child_coordinator,
            count(*) filter (where member.has_consent) as consent_yes,
            count(*) filter (where member.has_consent_value) as consent_known,
            count(*) filter (where member.has_meeting) as coordinator_with_meeting,
            count(*) filter (where member.has_plan) as plan,
            count(*) filter (
                where member.has_coordinator and member.has_plan
            ) as coordinator_and_plan,
            count(*) filter (
                where member.has_plan and not member.has_coordinator
            ) as plan_without_coordinator,
            count(*) filter (where member.has_living_plan) as living_plan,
            count(*) filter (where member.may_have_coordinator) as coordinator_at_most,
            count(*) filter (where member.may_have_plan) as plan_at_most
        from {{ ref("int_person_date") }} as member
        inner join
            in_area
            on member.person_number = in_area.person_number
            and member.reference_date = in_area.reference_date
        group by member.municipality_code, member.reference_date, in_area.service_area, member.age
    )

select
    by_age.municipality_code,
    by_age.reference_date,
    band.age_scheme,
    band.age_group,
    by_age.service_area,
    cast(sum(by_age.target_group) as bigint) as target_group,
    cast(sum(by_age.coordinator) as bigint) as coordinator,
    cast(sum(by_age.child_coordinator) as bigint) as child_coordinator,
    cast(sum(by_age.consent_yes) as bigint) as consent_yes,
    cast(sum(by_age.consent_known) as bigint) as consent_known,
    cast(sum(by_age.coordinator_with_meeting) as bigint) as coordinator_with_meeting,
    cast(sum(by_age.plan) as bigint) as plan,
    cast(sum(by_age.coordinator_and_plan) as bigint) as coordinator_and_plan,
    cast(sum(by_age.plan_without_coordinator) as bigint) as plan_without_coordinator,
    cast(sum(by_age.living_plan) as bigint) as living_plan,
    cast(sum(by_age.coordinator_at_most) as bigint) as coordinator_at_most,
    cast(sum(by_age.plan_at_most) as bigint) as plan_at_most
from by_age
inner join {{ ref("int_age_band") }} as band on by_age.age is not distinct from band.age
group by
    by_age.municipality_code,
    by_age.reference_date,
    band.age_scheme,
    band.age_group,
    by_age.service_area
