{#-
    Residents with a primary contact on each reference date, beside those with a coordinator, however
    the municipality counts the role.
-#}
with
    assignment as (
        select
            assignment.person_number,
            assignment.first_day,
            assignment.last_day,
            assignment.role = 'primary_contact' as is_contact
        from {{ ref("int_coordinator__assignment") }} as assignment
        left join
            {{ ref("int_employee") }} as employee
            on assignment.municipality_code = employee.municipality_code
            and assignment.coordinator_key = employee.coordinator_key
        where
            not assignment.has_no_day
            and (
                assignment.counts
                or (
                    assignment.role = 'primary_contact'
                    -- One of the hospital is not the municipality's (counting rules, 3.1).
                    and coalesce(assignment.coordinator_area, employee.service_area, 'none')
                    <> 'specialist'
                )
            )
    ),

    held as (
        select
            reference.municipality_code,
            reference.reference_date,
            person.person_number,
            {{ age_on("person.birth_date", "reference.reference_date") }} as age,
            bool_or(not assignment.is_contact) as has_coordinator,
            bool_or(assignment.is_contact) as has_contact
        from assignment
        inner join {{ ref("int_person") }} as person using (person_number)
        inner join
            {{ ref("int_reference_date") }} as reference
            on person.municipality_code = reference.municipality_code
            and reference.reference_date
            between assignment.first_day and coalesce(assignment.last_day, date '9999-12-31')
            and {{ lives_here_on("person", "reference.reference_date") }}
        group by
            reference.municipality_code,
            reference.reference_date,
            person.person_number,
            person.birth_date
    ),

    counted as (
        select
            coalesce(member.municipality_code, held.municipality_code) as municipality_code,
            coalesce(member.reference_date, held.reference_date) as reference_date,
            coalesce(member.age, held.age) as age,
            member.person_number is not null as in_target_group,
            coalesce(held.has_coordinator, false) as has_coordinator,
            coalesce(held.has_contact, false) as has_contact
        from {{ ref("int_person_date") }} as member
        full outer join
            held
            on member.person_number = held.person_number
            and member.reference_date = held.reference_date
    )

select
    counted.municipality_code,
    counted.reference_date,
    band.age_group,
    cast(count(*) filter (where counted.in_target_group) as bigint) as target_group,
    cast(count(*) filter (where counted.has_coordinator) as bigint) as persons_with_coordinator,
    cast(
        count(*) filter (
            where counted.in_target_group and counted.has_contact and not counted.has_coordinator
        ) as bigint
    ) as persons_with_contact_only,
    cast(
        count(*) filter (where counted.has_contact and not counted.in_target_group) as bigint
    ) as persons_outside
from counted
inner join
    {{ ref("int_age_band") }} as band
    on counted.age is not distinct from band.age
    and band.age_scheme = 'standard'
group by counted.municipality_code, counted.reference_date, band.age_group
