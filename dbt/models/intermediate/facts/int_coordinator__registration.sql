{#-
    The registrations that were taken in, with the person's number and whether the role counts; and
    the coordinators that one had before it was written over, with the days that were theirs.
-#}
{#- A start that a row tells of: that of siblings on the same day is one. -#}
{% set start -%}
    case
        when coalesce(history.told_by, 'row') <> 'row'
        then null
        when by_family.key is null and registration.family_key is not null
        then 'family ' || registration.family_key
        else 'row ' || registration.delivery_number || ' ' || registration.row_number
    end
{%- endset %}
{% set first_day = "coalesce(history.first_day, registration.first_day)" %}
select
    registration.delivery_number,
    registration.row_number,
    registration.source_number,
    registration.registration,
    registration.registration_id,
    registration.delivered,
    registration.municipality_code,
    person.person_number,
    registration.role,
    -- A key on implausibly many persons is nobody's (counting rules, 3.7).
    case when by_number.key is null then registration.coordinator_key end as coordinator_key,
    case
        when by_name.key is null then registration.coordinator_name_key
    end as coordinator_name_key,
    registration.coordinator_area,
    registration.unit_written,
    registration.consent,
    case when by_family.key is null then registration.family_key end as family_key,
    {{ first_day }} as first_day,
    case
        when history.delivery_number is not null then history.last_day else registration.last_day
    end as last_day,
    registration.withdrawn_last_day,
    registration.role in ('coordinator', 'child_coordinator')
    or (registration.role = 'primary_contact' and definition.count_primary_contact) as role_counts,
    -- A coordinator of the specialist services is the hospital's, not the municipality's.
    coalesce(
        coalesce(registration.coordinator_area, employee.service_area) = 'specialist', false
    ) as is_specialist,
    -- Many starts on one date are a backlog that was typed in (counting rules, section 7); a few
    -- are not, however few the year has.
    coalesce(history.told_by, 'row') = 'row'
    and count(distinct {{ start }}) over same_day >= definition.backlog_least
    and count(distinct {{ start }}) over same_day
    > count(distinct {{ first_day }} || ' ' || {{ start }}) over same_year
    * definition.backlog_share as is_migrated
from {{ ref("int_coordinator__row") }} as registration
inner join
    {{ ref("int_person") }} as person
    on registration.municipality_code = person.municipality_code
    and registration.person_key = person.person_key
inner join
    {{ ref("int_definition") }} as definition
    on registration.municipality_code = definition.municipality_code
left join
    {{ ref("int_coordinator__history") }} as history
    on registration.delivery_number = history.delivery_number
    and registration.row_number = history.row_number
left join
    {{ ref("int_employee") }} as employee
    on registration.municipality_code = employee.municipality_code
    and registration.coordinator_key = employee.coordinator_key
{%- for alias, column, key in [
        ("by_number", "koordinator_id", "coordinator_key"),
        ("by_name", "koordinator_navn", "coordinator_name_key"),
        ("by_family", "familie_id", "family_key"),
    ] %}
    left join
        {{ ref("int_key_on_many") }} as {{ alias }}
        on registration.municipality_code = {{ alias }}.municipality_code
        and registration.{{ key }} = {{ alias }}.key
        and {{ alias }}.column_name = '{{ column }}'
{%- endfor %}
where registration.disposition = 'counted' or not history.is_newest
window
    same_day as (partition by registration.source_number, {{ first_day }}),
    same_year as (partition by registration.source_number, extract(year from {{ first_day }}))
