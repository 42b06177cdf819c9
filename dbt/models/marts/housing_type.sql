{#-
    The persons with a registered housing need, by the type of home that they need. A person has the
    type that the newest registration says. Words that differ in capitals and accents alone are one.
-#}
with
    needing as (
        select
            reference.municipality_code,
            reference.reference_date,
            need.person_number,
            arg_max(need.housing_type, (need.reported_on, need.wanted_year)) filter (
                where need.housing_type is not null
            ) as housing_type,
            coalesce(bool_or(need.around_the_clock), false) as around_the_clock
        from {{ ref("int_reference_date") }} as reference
        inner join
            {{ ref("int_housing_need") }} as need
            on reference.municipality_code = need.municipality_code
            and need.reported_on <= reference.reference_date
        inner join
            {{ ref("int_person") }} as person
            on need.person_number = person.person_number
            and {{ lives_here_on("person", "reference.reference_date") }}
        group by reference.municipality_code, reference.reference_date, need.person_number
    )

select
    municipality_code,
    reference_date,
    min(housing_type) as housing_type,
    cast(count(*) as bigint) as persons,
    cast(count(*) filter (where around_the_clock) as bigint) as around_the_clock
from needing
group by municipality_code, reference_date, {{ fold("housing_type") }}
