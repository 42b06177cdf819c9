{#-
    Persons with goals that are followed, and those whose goals have improved by two points, at their
    latest conversation on each reference date, by age group: of residents and by their age.
-#}
with
    followed as (
        select
            reference.municipality_code,
            reference.reference_date,
            {{ age_on("person.birth_date", "reference.reference_date") }} as age,
            count(*) as goal_followed,
            count(*) filter (where progress.gain >= 2.0) as goal_improved
        from {{ ref("int_reference_date") }} as reference
        inner join
            {{ ref("int_goal_progress") }} as progress
            on reference.municipality_code = progress.municipality_code
            and reference.reference_date >= progress.held_on
            and reference.reference_date < coalesce(progress.next_held_on, date '9999-12-31')
        inner join
            {{ ref("int_person") }} as person
            on progress.person_number = person.person_number
            and {{ lives_here_on("person", "reference.reference_date") }}
        where progress.talk > 1
        group by all
    )

    {{ in_age_groups("followed", ["goal_followed", "goal_improved"]) }}
