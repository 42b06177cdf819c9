{#-
    Persons who need housing on each reference date, by age group: residents, by their age on it.
-#}
with
    needing as (
        select
            reference.municipality_code,
            reference.reference_date,
            {{ age_on("person.birth_date", "reference.reference_date") }} as age,
            count(distinct need.person_number) as housing_need
        from {{ ref("int_reference_date") }} as reference
        inner join
            {{ ref("int_housing_need") }} as need
            on reference.municipality_code = need.municipality_code
            and need.reported_on <= reference.reference_date
        inner join
            {{ ref("int_person") }} as person
            on need.person_number = person.person_number
            and {{ lives_here_on("person", "reference.reference_date") }}
        group by all
    )

    {{ in_age_groups("needing", ["housing_need"]) }}
