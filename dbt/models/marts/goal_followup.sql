{#-
    Persons with whom it has been talked about what matters to them, by how long ago it was first
    talked about, on each reference date.
-#}
with
    conversation as (
        select
            reference.municipality_code,
            reference.reference_date,
            progress.person_number,
            min(progress.held_on) as first_held_on,
            min(progress.held_on) filter (where progress.talk = 2) as second_held_on,
            count(*) as conversations,
            count(*) filter (
                where progress.held_on {{ within_a_year("reference.reference_date") }}
            ) as conversations_of_the_year,
            arg_max(progress.gain, progress.talk) as gain
        from {{ ref("int_reference_date") }} as reference
        inner join
            {{ ref("int_goal_progress") }} as progress
            on reference.municipality_code = progress.municipality_code
            and progress.held_on <= reference.reference_date
        inner join
            {{ ref("int_person") }} as person
            on progress.person_number = person.person_number
            and {{ lives_here_on("person", "reference.reference_date") }}
        group by reference.municipality_code, reference.reference_date, progress.person_number
    )

select
    municipality_code,
    reference_date,
    case
        when first_held_on > reference_date - 183
        then '0-5'
        when first_held_on > reference_date - 365
        then '6-11'
        when first_held_on > reference_date - 730
        then '12-23'
        else '24+'
    end as months_since_first,
    cast(count(*) as bigint) as persons,
    cast(count(*) filter (where conversations > 1) as bigint) as persons_followed,
    cast(count(*) filter (where conversations > 1 and gain >= 2.0) as bigint) as persons_improved,
    cast(sum(conversations) as bigint) as conversations,
    cast(sum(conversations_of_the_year) as bigint) as conversations_of_the_year,
    cast(
        count(*) filter (
            where first_held_on {{ within_a_year_until_half_a_year_ago("reference_date") }}
        ) as bigint
    ) as persons_due,
    cast(
        count(*) filter (
            where
                first_held_on {{ within_a_year_until_half_a_year_ago("reference_date") }}
                and second_held_on <= first_held_on + 183
        ) as bigint
    ) as persons_evaluated
from conversation
group by all
