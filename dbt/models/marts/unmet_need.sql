{#-
    Those of the target group who have no coordinator, or no plan, on the reference date: by age
    group and service area, how long they have been of the target group, and what is under way.
-#}
with
    -- A day of the municipality's own has the number of the month's end before it.
    day as (
        select
            municipality_code,
            reference_date,
            is_own,
            count(*) filter (where not is_own) over (
                partition by municipality_code order by reference_date
            ) as day_number
        from {{ ref("int_reference_date") }}
    ),

    -- The days on which a person is of the target group one after the other, as one stay.
    stay as (
        select
            member.*,
            day.is_own,
            day.day_number,
            day.day_number - row_number() over (
                partition by member.person_number, day.is_own order by day.day_number
            ) as stay_number
        from {{ ref("int_person_date") }} as member
        inner join day using (municipality_code, reference_date)
    ),

    of_months as (
        select *, min(reference_date) over (partition by person_number, stay_number) as member_since
        from stay
        where not is_own
    ),

    -- A day that was asked for goes on from the month's end before it, and makes no stay longer.
    member as (
        from of_months
        union all by name
        select stay.*, coalesce(before.member_since, stay.reference_date) as member_since
        from stay
        left join
            of_months as before
            on stay.person_number = before.person_number
            and stay.day_number = before.day_number
        where stay.is_own
    ),

    without as (
        select
            municipality_code,
            reference_date,
            person_number,
            age,
            areas,
            member_since,
            'coordinator' as lacking
        from member
        where not has_coordinator
        union all
        select
            municipality_code,
            reference_date,
            person_number,
            age,
            areas,
            member_since,
            'plan' as lacking
        from member
        where not has_plan
    ),

    -- What has happened about it. A notice is answered when it came to something else, or to
    -- nothing.
    event as (
        select
            person_number,
            'coordinator' as lacking,
            'begun' as what,
            first_day as day,
            null as answered_on
        from {{ ref("int_coordinator__assignment") }}
        where counts and not has_no_day
        union all
        select person_number, 'plan', 'begun', first_day, null
        from {{ ref("int_plan") }}
        union all
        select
            person_number,
            if(change_type = 'declined_plan', 'plan', 'coordinator'),
            'declined',
            changed_on,
            null
        from {{ ref("int_change_form") }}
        where change_type in ('declined_coordinator', 'declined_plan')
        union all
        select
            notice.person_number,
            asked.lacking,
            'asked',
            notice.received_on,
            case
                when
                    notice.outcome in ('rejected', 'withdrawn')
                    or (
                        notice.outcome in ('coordinator', 'plan')
                        and notice.outcome <> asked.lacking
                    )
                then coalesce(notice.decided_on, notice.assessed_on, notice.received_on)
            end
        from {{ ref("int_notice") }} as notice
        cross join (values ('coordinator'), ('plan')) as asked(lacking)
        union all
        select person.person_number, 'plan', 'drafted', told.created, null
        from {{ ref("int_plan__row") }} as told
        inner join
            {{ ref("int_person") }} as person
            on told.municipality_code = person.municipality_code
            and told.person_key = person.person_key
        where
            told.disposition = 'counted'
            and told.plan_type = 'individual_plan'
            and told.plan_status in ('in_preparation', 'in_assessment')
    ),

    -- The newest of each kind by the day.
    latest as (
        select
            without.*,
            {% for what in ["begun", "declined", "asked", "drafted"] -%}
                max(event.day) filter (where event.what = '{{ what }}') as {{ what }}_on,
            {% endfor -%}
            arg_max(event.answered_on, event.day) filter (where event.what = 'asked') as answered_on
        from without
        left join
            event
            on without.person_number = event.person_number
            and without.lacking = event.lacking
            and event.day <= without.reference_date
        group by
            without.municipality_code,
            without.reference_date,
            without.person_number,
            without.age,
            without.areas,
            without.member_since,
            without.lacking
    ),

    told as (
        select
            municipality_code,
            reference_date,
            lacking,
            age,
            areas,
            datediff('month', member_since, reference_date) as months,
            case
                when drafted_on > coalesce(begun_on, date '-infinity')
                then 'in_preparation'
                when
                    asked_on > coalesce(begun_on, date '-infinity')
                    and asked_on {{ within_a_year("reference_date") }}
                    and coalesce(answered_on > reference_date, true)
                then 'notice_open'
                when declined_on > coalesce(begun_on, date '-infinity')
                then 'declined'
                when begun_on is not null
                then 'had_before'
                else 'nothing'
            end as under_way
        from latest
    ),

    counted_in as ({{ counted_in("told") }})

select
    told.municipality_code,
    told.reference_date,
    told.lacking,
    band.age_group,
    counted_in.service_area,
    case
        when told.months < 3
        then '0-2'
        when told.months < 12
        then '3-11'
        when told.months < 36
        then '12-35'
        else '36+'
    end as months_in_group,
    told.under_way,
    cast(count(*) as bigint) as persons
from told
inner join counted_in using (areas)
inner join
    {{ ref("int_age_band") }} as band
    on told.age is not distinct from band.age
    and band.age_scheme = 'standard'
group by
    told.municipality_code,
    told.reference_date,
    told.lacking,
    band.age_group,
    counted_in.service_area,
    months_in_group,
    told.under_way
