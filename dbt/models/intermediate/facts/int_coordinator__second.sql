{#-
    Two coordinators by design (counting rules, 3.6): of one source, the first one's row is told open
    anew when the change would long have been entered, and the source is one that enters last days; or
    the first has met the person since. Grain: one row per pair of assignments.
-#}
{% set far_off = "date '9999-12-31'" %}

with
    spell as (
        select *, registered_last_day is null or registered_last_day > delivered as is_open
        from {{ ref("int_coordinator__merged") }}
        where counts and known_coordinator is not null
    ),

    -- Two of one source and kind that follow one another.
    pair as (
        select
            first.source_number,
            first.municipality_code,
            first.person_number,
            first.assignment_number as first_number,
            second.assignment_number as second_number,
            first.known_coordinator as first_coordinator,
            second.known_coordinator as second_coordinator,
            second.first_day,
            first.is_open,
            first.until >= second.first_day
            and first.delivered - second.first_day > definition.reporting_days as is_told_anew,
            definition.reporting_days,
            definition.second_coordinator_share
        from spell as first
        inner join
            spell as second
            on first.source_number = second.source_number
            and first.person_number = second.person_number
            and (first.first_day, first.spell_number) < (second.first_day, second.spell_number)
            and first.known_coordinator <> second.known_coordinator
            and (first.role = 'child_coordinator') = (second.role = 'child_coordinator')
        inner join
            {{ ref("int_definition") }} as definition
            on first.municipality_code = definition.municipality_code
    ),

    -- Of the others whom somebody followed: how many have a last day.
    of_person as (
        select
            source_number,
            municipality_code,
            person_number,
            count(*) as followed,
            count_if(not is_open) as ended
        from
            (
                select
                    source_number,
                    municipality_code,
                    person_number,
                    first_number,
                    bool_and(is_open) as is_open
                from pair
                where not is_open or is_told_anew
                group by source_number, municipality_code, person_number, first_number
            )
        group by source_number, municipality_code, person_number
    ),

    of_others as (
        select
            *,
            sum(followed) over (partition by source_number, municipality_code)
            - followed as followed_by_others,
            sum(ended) over (partition by source_number, municipality_code)
            - ended as ended_by_others
        from of_person
    ),

    met as (
        select pair.first_number, pair.second_number
        from pair
        inner join {{ ref("int_person") }} as person using (person_number)
        inner join
            {{ ref("int_meeting__row") }} as meeting
            on person.municipality_code = meeting.municipality_code
            and person.person_key = meeting.person_key
            and pair.first_coordinator = meeting.coordinator_key
        where
            pair.is_open
            and meeting.disposition = 'counted'
            and meeting.met_on - pair.first_day > pair.reporting_days
    )

select distinct pair.person_number, pair.first_number, pair.second_number
from pair
left join of_others using (source_number, person_number)
left join met using (first_number, second_number)
-- A form that tells of a change knows better.
left join
    {{ ref("int_change_form") }} as form
    on pair.person_number = form.person_number
    and pair.first_coordinator = form.old_coordinator_key
    and form.change_type = 'coordinator_change'
where
    pair.is_open
    and form.person_number is null
    and (
        met.first_number is not null
        or (
            pair.is_told_anew
            and of_others.followed_by_others > 0
            and of_others.ended_by_others
            >= of_others.followed_by_others * pair.second_coordinator_share
        )
    )
