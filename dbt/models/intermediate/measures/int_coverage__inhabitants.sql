{#-
    Inhabitants on 1 January of the reference date's year, by age group, of the area that the
    municipality's registrations are of (counting rules, 2.6): where it was a part of a larger one that
    was divided since, that of the whole, or nobody knows them.
-#}
with
    divided as (
        select
            unnest(string_split(split_into, ' ')) as municipality_code,
            coalesce(valid_from_year, 0) as first_year,
            valid_to_year as last_year
        from {{ ref("municipalities") }}
        where split_into is not null
    ),

    dated as (
        select
            reference.municipality_code,
            reference.reference_date,
            extract(year from reference.reference_date) as year,
            area.municipality_code is not null as is_combined,
            exists (
                select 1
                from divided
                where
                    divided.municipality_code = reference.municipality_code
                    and extract(year from reference.reference_date)
                    between divided.first_year and divided.last_year
            ) as is_of_a_part
        from {{ ref("int_reference_date") }} as reference
        left join
            {{ ref("int_combined_area") }} as area
            on reference.municipality_code = area.municipality_code
            and reference.reference_date between area.first_day and area.last_day
    ),

    of_date as (
        select dated.municipality_code, dated.reference_date, dated.is_combined, age, persons
        from dated
        inner join {{ ref("int_inhabitants") }} using (municipality_code, year)
        where not dated.is_of_a_part
        union all
        select dated.municipality_code, dated.reference_date, dated.is_combined, age, persons
        from dated
        inner join {{ ref("int_combined_inhabitants") }} using (municipality_code, year)
        where dated.is_combined
    )

select
    of_date.municipality_code,
    of_date.reference_date,
    band.age_scheme,
    band.age_group,
    of_date.is_combined,
    cast(sum(of_date.persons) as bigint) as inhabitants,
    cast(
        sum(case when of_date.age < 18 then of_date.persons else 0 end) as bigint
    ) as inhabitants_under_18
from of_date
inner join {{ ref("int_age_band") }} as band on of_date.age = band.age
group by
    of_date.municipality_code,
    of_date.reference_date,
    band.age_scheme,
    band.age_group,
    of_date.is_combined
