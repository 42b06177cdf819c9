{#-
    Whom KPR and KOSTRA would count on each 31 December by the municipality's own registrations, and
    whom we count (counting rules, section 9): everybody who has a service, a coordinator or a plan on
    the day by either. The register knows a registration by its own days; what our rules end (by a
    form, the end of an employment, an 18th birthday) it does not know.
-#}
{% set registrations = {
    "plan": {
        "model": "int_plan__registration",
        "of": "not registration.closed_without_date",
    },
    "coordinator": {
        "model": "int_coordinator__closed",
        "of": "registration.role_counts and not registration.is_specialist",
    },
} %}

with
    day as (
        select
            municipality_code,
            reference_date,
            cast(extract(year from reference_date) as integer) as counted_year
        from {{ ref("int_reference_date") }}
        where extract(month from reference_date) = 12 and extract(day from reference_date) = 31
    ),

    counted as (
        select
            counted_year.counted_year,
            counted.kpr_service,
            bool_or(counted.counted_as = 'kostra_user') as is_kostra_user,
            bool_or(counted.counted_as = 'kpr_recipient') as is_kpr_recipient
        from (select distinct counted_year from day) as counted_year
        inner join
            {{ ref("kpr_counted_services") }} as counted
            on counted_year.counted_year
            between coalesce(counted.first_year, counted_year.counted_year) and coalesce(
                counted.last_year, counted_year.counted_year
            )
        group by counted_year.counted_year, counted.kpr_service
    ),

    service as (
        select
            service.person_number,
            day.reference_date,
            count(*) as services,
            count(*) filter (
                where
                    service.kpr_service <> 'outside_kpr'
                    -- An area that nobody knows may have codes.
                    or (service.kpr_service is null and coalesce(area.has_kpr_codes, true))
            ) as services_of_kpr,
            count(*) filter (
                where service.kpr_service is null and coalesce(area.has_kpr_codes, true)
            ) as services_without_code,
            coalesce(bool_or(counted.is_kostra_user), false) as is_kostra_user,
            coalesce(bool_or(counted.is_kpr_recipient), false) as is_kpr_recipient
        from {{ ref("int_service") }} as service
        left join {{ ref("service_areas") }} as area on service.service_area = area.service_area
        inner join
            day
            on service.municipality_code = day.municipality_code
            and day.reference_date
            between service.first_day and coalesce(service.last_day, day.reference_date)
        left join
            counted
            on day.counted_year = counted.counted_year
            and service.kpr_service = counted.kpr_service
        group by service.person_number, day.reference_date
    ),

    -- KPR is told from the systems that services are registered in.
    telling_system as (
        select distinct service.municipality_code, delivery.system
        from {{ ref("int_service") }} as service
        inner join
            {{ ref("int_delivery") }} as delivery
            on service.delivery_number = delivery.delivery_number
        where delivery.system is not null
    ),

    {% for what, registered in registrations.items() -%}
        {{ what }} as (
            select
                registration.person_number,
                day.reference_date,
                bool_or(
                    delivery.system is null
                    or telling_system.system is not null
                    or registration.municipality_code
                    not in (select municipality_code from telling_system)
                ) as may_be_told
            from {{ ref(registered.model) }} as registration
            inner join
                day
                on registration.municipality_code = day.municipality_code
                and day.reference_date between registration.first_day and coalesce(
                    least(registration.registered_last_day, registration.withdrawn_last_day),
                    day.reference_date
                )
            inner join
                {{ ref("int_delivery") }} as delivery
                on registration.delivery_number = delivery.delivery_number
            left join
                telling_system
                on registration.municipality_code = telling_system.municipality_code
                and delivery.system = telling_system.system
            where {{ registered.of }}
            group by registration.person_number, day.reference_date
        ),
    {% endfor %}

    ours as (
        select member.person_number, member.reference_date, member.has_plan, member.has_coordinator
        from {{ ref("int_person_date") }} as member
        inner join day using (municipality_code, reference_date)
    ),

    known as (
        select person_number, reference_date
        from service
        union
        select person_number, reference_date
        from plan
        union
        select person_number, reference_date
        from coordinator
        union
        select person_number, reference_date
        from ours
    )

select
    person.municipality_code,
    known.reference_date,
    known.person_number,
    {{ lives_here_on("person", "known.reference_date") }} as is_resident,
    ours.person_number is not null as is_target_group,
    coalesce(ours.has_plan, false) as has_plan,
    coalesce(ours.has_coordinator, false) as has_coordinator,
    plan.person_number is not null as has_registered_plan,
    coordinator.person_number is not null as has_registered_coordinator,
    coalesce(not plan.may_be_told, false) as has_plan_elsewhere,
    coalesce(not coordinator.may_be_told, false) as has_coordinator_elsewhere,
    cast(coalesce(service.services, 0) as integer) as services,
    cast(coalesce(service.services_of_kpr, 0) as integer) as services_of_kpr,
    cast(coalesce(service.services_without_code, 0) as integer) as services_without_code,
    coalesce(service.is_kostra_user, false) as is_kostra_user,
    coalesce(service.is_kpr_recipient, false) as is_kpr_recipient
from known
inner join {{ ref("int_person") }} as person using (person_number)
left join service using (person_number, reference_date)
left join plan using (person_number, reference_date)
left join coordinator using (person_number, reference_date)
left join ours using (person_number, reference_date)
-- Nobody is counted who is dead or not born yet, by either.
where
    known.reference_date < coalesce(person.died, date 'infinity')
    and known.reference_date >= coalesce(person.birth_date, known.reference_date)
