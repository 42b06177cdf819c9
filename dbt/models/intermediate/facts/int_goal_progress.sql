{#-
    How far each conversation about what matters to a person is from the first: the mean of its
    scores against the mean of the first's, from its day until the next one's.
-#}
with
    score as (
        select
            person.municipality_code,
            person.person_number,
            told.conversation,
            told.activity,
            arg_max(
                told.held_on,
                (told.delivered, told.delivery_number, told.content_key, told.row_number)
            ) as held_on,
            arg_max(
                told.score,
                (told.delivered, told.delivery_number, told.content_key, told.row_number)
            ) as score,
            count(*) as registrations
        from {{ ref("int_goal_score__row") }} as told
        inner join
            {{ ref("int_person") }} as person
            on told.municipality_code = person.municipality_code
            and told.person_key = person.person_key
        where told.disposition = 'counted'
        group by person.municipality_code, person.person_number, told.conversation, told.activity
    ),

    conversation as (
        select
            municipality_code,
            person_number,
            conversation,
            min(held_on) as held_on,
            avg(score) as mean,
            sum(registrations) as registrations
        from score
        group by municipality_code, person_number, conversation
    )

select
    municipality_code,
    person_number,
    conversation,
    held_on,
    lead(held_on) over in_time as next_held_on,
    row_number() over in_time as talk,
    registrations,
    mean,
    mean - first_value(mean) over in_time as gain
from conversation
window in_time as (partition by person_number order by held_on, conversation)
