-- What else is published: where the rows of each delivery ended, by what is counted, and what
-- is read across municipalities.
create table reconciliation as
select
    source, delivery, delivery.record, system, delivered, status, problem_code, problem_text,
    cast(rows_read as bigint) as rows_read,
    cast(coalesce(sum(rows) filter (where place = 'counted'), 0) as bigint) as rows_counted,
    cast(coalesce(sum(rows) filter (where place = 'superseded'), 0) as bigint) as rows_superseded,
    cast(coalesce(sum(rows) filter (where place = 'duplicate'), 0) as bigint) as rows_duplicate,
    cast(coalesce(sum(rows) filter (where place = 'quarantined'), 0) as bigint) as rows_quarantined,
    notices
from delivery left join placed using (delivery_number)
where municipality_code = getvariable('code')
group by all;

create table definition as
select parameter, default_value as value, default_value, false as is_changed, unit, section, name_nb, name_nn,
    name_en
from reference.parameters;

create table overview as
select
    indicator, reference_date,
    bool_or(age_group <> 'all') as has_ages, bool_or(service_area <> 'all') as has_areas
from coverage
group by indicator, reference_date;

create table municipality as
select any_value(name_2024) as municipality_name, '2026.2' as definition_set, getvariable('as_of') as as_of
from reference.municipalities where code_2024 = getvariable('code');

-- What the country has delivered; nobody has delivered what is expected of the years to come.
create table common_delivery as from reconciliation where record = 'befolkning';

create table population as
select year, age, cast(persons as bigint) as persons, 'counted' as basis from inhabitant;
