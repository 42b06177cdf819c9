{#-
    The days on which a person's plan was created or evaluated, by any version known: a register
    that keeps only the last evaluation told of the ones before in its earlier deliveries.
-#}
with
    known as (
        select municipality_code, person_key, created, last_evaluated
        from {{ ref("int_plan__row") }}
        where
            disposition <> 'quarantined'
            and person_key is not null
            and plan_type = 'individual_plan'
            and plan_status in ('active', 'closed')
    ),

    event as (
        select municipality_code, person_key, created as event_day
        from known
        where created is not null
        union
        select municipality_code, person_key, last_evaluated as event_day
        from known
        where last_evaluated is not null
    )

select person.person_number, event.event_day
from event
inner join
    {{ ref("int_person") }} as person
    on event.municipality_code = person.municipality_code
    and event.person_key = person.person_key
