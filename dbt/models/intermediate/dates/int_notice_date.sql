{#-
    Each notice as it is seen from the reference dates up to two years after it. Of the two years, the
    later one is what the time to an answer looks at, the earlier one the time to a coordinator.
-#}
{% set the_day = "reference.reference_date" %}

select
    notice.municipality_code,
    reference.reference_date,
    notice.person_number,
    notice.received_on,
    notice.received_on {{ within_a_year(the_day) }} as is_of_the_year,
    notice.notifier,
    notice.channel,
    notice.outcome,
    notice.assessed_on,
    notice.decided_on,
    notice.appointed_on,
    notice.is_told_by_backlog,
    notice.days_to_answer,
    notice.days_to_coordinator,
    -- Whom the indicators count: who lives here on the day, of an age that is counted.
    {{ lives_here_on("person", the_day) }} and band.age_group is not null as is_resident,
    -- The last day on which it could be seen that a coordinator began, as of the date; none for one
    -- who had left before the notice, or was not here yet.
    case
        when
            {{ the_day }} >= coalesce(person.moved_in, {{ the_day }})
            and {{ the_day }} >= coalesce(person.birth_date, {{ the_day }})
            and notice.received_on <= coalesce(person.last_resident_day, {{ the_day }})
        then least({{ the_day }}, coalesce(person.last_resident_day, {{ the_day }}))
    end as seen_until
from {{ ref("int_reference_date") }} as reference
inner join
    {{ ref("int_notice") }} as notice
    on reference.municipality_code = notice.municipality_code
    and (
        notice.received_on {{ within_a_year(the_day) }}
        or notice.received_on {{ within_the_year_before(the_day) }}
    )
inner join {{ ref("int_person") }} as person on notice.person_number = person.person_number
left join
    {{ ref("int_age_band") }} as band
    on {{ age_on("person.birth_date", the_day) }} is not distinct from band.age
    and band.age_scheme = 'standard'
    and band.age_group = 'all'
