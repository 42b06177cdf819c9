{#- The persons with a registered housing need, by the year in which they want it. -#}
select
    reference.municipality_code,
    reference.reference_date,
    need.wanted_year,
    cast(count(distinct need.person_number) as bigint) as persons,
    cast(
        count(distinct need.person_number) filter (where need.around_the_clock) as bigint
    ) as around_the_clock
from {{ ref("int_reference_date") }} as reference
inner join
    {{ ref("int_housing_need") }} as need
    on reference.municipality_code = need.municipality_code
    and need.reported_on <= reference.reference_date
inner join
    {{ ref("int_person") }} as person
    on need.person_number = person.person_number
    and {{ lives_here_on("person", "reference.reference_date") }}
group by reference.municipality_code, reference.reference_date, need.wanted_year
