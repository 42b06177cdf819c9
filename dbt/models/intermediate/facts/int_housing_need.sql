{#- Registered housing needs: of each person and wanted year the first day one was reported. -#}
select
    person.municipality_code,
    person.person_number,
    told.wanted_year,
    min(told.reported_on) as reported_on,
    bool_or(told.around_the_clock) as around_the_clock,
    arg_max(
        told.housing_type, (told.delivered, told.delivery_number, told.content_key, told.row_number)
    ) filter (where told.housing_type is not null) as housing_type
from {{ ref("int_housing_need__row") }} as told
inner join
    {{ ref("int_person") }} as person
    on told.municipality_code = person.municipality_code
    and told.person_key = person.person_key
where told.disposition = 'counted'
group by person.municipality_code, person.person_number, told.wanted_year
