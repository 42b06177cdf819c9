-- Coordinators with those whom they coordinate; one whom nobody names is one for each assignment.
-- Who works in several areas is counted where the newest assignment is: the largest number says.
create table at_work as
select number, who, count(*) as persons, max(newest) & 31 as area, bool_and(is_named) as is_named
from (
    select
        hash(coalesce(assigned.coordinator, 'assignment ' || assignment)) as who,
        assigned.coordinator is not null as is_named,
        assigned.dates & member.dates as dates,
        case when place.sort_order is not null
            then (row_number() over (order by assigned.first_day,
                assignment) << 5) | place.sort_order end as newest
    from assigned
    inner join member using (person)
    left join employee on assigned.coordinator = employee.coordinator
    left join reference.service_areas as place on coalesce(assigned.area, employee.area) = place.service_area
)
inner join date_of on has(dates, number)
group by number, who;

create table coordinator_load as
select
    reference_date, coalesce(service_area, 'all') as service_area, coalesce(sector, 'all') as sector, load,
    count(*) as coordinators, cast(sum(persons) as bigint) as persons
from (
    select
        number, coalesce(place.service_area, 'unknown') as service_area,
        case when sector is null then 'unknown' when sector = 'health_care' then 'health'
            else 'other' end as sector,
        case when persons <= 2 then cast(persons as text) when persons <= 5 then '3-5' else '6+' end as load,
        persons
    from at_work left join reference.service_areas as place on area = place.sort_order
)
inner join date_of using (number)
group by reference_date, load, cube (service_area, sector);

create table coordinators as
select
    number, count(*) as distinct_coordinator, count(sector) as distinct_coordinator_known_area,
    count(*) filter (where sector = 'health_care') as coordinator_from_health
from at_work left join reference.service_areas as place on area = place.sort_order
group by number;

-- Registrations that name a coordinator who has left, and would be in force had they not.
create table departed_coordinator as
with
    registration as (
        select
            closed.person, closed.coordinator, coalesce(area, employee_area) as area,
                closed.first_day as registered_from,
            delivery_number, registration_key,
            greatest(closed.first_day, cast(last_day + 1 as date),
                coalesce(first_resident_day, date '1900-01-01')) as first_day,
            least(coalesce(last_day_if_employed, far_off()), coalesce(last_resident_day, far_off())) as until
        from closed inner join person using (person)
        where closed_by = 'closed_by_employment' and role_counts and not is_specialist
    ),
    named as (
        select registration.*, number, coalesce(has(member.coordinator, number), false) as has_coordinator
        from registration
        left join member using (person)
        inner join date_of on reference_date between registration.first_day and until
    ),
    coordinator as (
        select number, coordinator,
            arg_max(area, (registered_from, delivery_number, registration_key))
                filter (where area is not null) as area
        from named group by number, coordinator
    )
select
    reference_date, place.area as service_area,
    count(distinct coordinator) as coordinators, count(distinct person) as persons,
    count(distinct person) filter (where not has_coordinator) as persons_without
from named
inner join (
    select number, coordinator, coalesce(area, 'unknown') as area from coordinator
    union all select number, coordinator, 'all' from coordinator
) as place using (number, coordinator)
inner join date_of using (number)
group by reference_date, place.area;
