-- From the rows read to what is counted, step by step.
create macro placed_in(asked, rows) as table
select asked as record, delivery_number, place, problem.rule as rule, count(*) as rows
from query_table(rows)
group by all;

create table placed as
from placed_in('tjeneste', 'tjeneste')
union all from placed_in('koordinator', 'koordinator')
union all from placed_in('ip', 'ip')
union all from placed_in('endring', 'endring')
union all from placed_in('melding', 'melding')
union all from placed_in('mote', 'mote')
union all
-- Of the other records a region holds none but rows that count.
select record, delivery_number, 'counted', null, rows_read
from delivery
where record in ('person', 'ansatt', 'befolkning');

-- How many of the rows of a table with step, first_day and until stand in each step on each date.
create macro standing_on(spans) as table
select step, number, rows
from (
    select step, number, sum(sum(change)) over (partition by step order by number) as rows
    from (
        select step, begins.number, count(*) as change
        from query_table(spans) as spans inner join day_of as begins on within(first_day) = begins.day
        where first_day < until group by all
        union all
        select step, ends.number, -count(*)
        from query_table(spans) as spans inner join day_of as ends on within(until) = ends.day
        where first_day < until group by all
        union all
        select step, number, 0 from (select distinct step from query_table(spans)) cross join date_of
    )
    group by step, number
)
where rows <> 0 and number in (select number from date_of);

create macro steps_of(registrations) as table
select unnest(case when never_counts is not null then [{'step': never_counts, 'first_day': date '1900-01-01', 'until': far_off()}]
    else [
    {'step': 'not_begun', 'first_day': date '1900-01-01', 'until': first_day},
    {'step': 'in_force', 'first_day': first_day, 'until': coalesce(cast(last_day + 1 as date), far_off())},
    {'step': closed_by, 'first_day': cast(last_day + 1 as date),
        'until': coalesce(cast(registered_last_day + 1 as date), far_off())},
    {'step': 'ended', 'first_day': cast(case when closed_by is null then last_day else registered_last_day end + 1 as date),
        'until': far_off()}
] end, recursive := true)
from query_table(registrations);

create view coordinator_registration as
select *, case when not role_counts then 'role_not_counted' when is_specialist then 'specialist_coordinator'
    when has_no_day then 'no_day_left' end as never_counts
from closed;
create view plan_registration as
select *, case when closed_without_date then 'closed_without_date'
    when has_no_day then 'no_day_left' end as never_counts
from plan_closed;

create view coordinator_span as select * from steps_of('coordinator_registration') where step is not null;
create view plan_span as select * from steps_of('plan_registration') where step is not null;
create view service_span as
select unnest(case when has_no_day then [{'step': 'no_day_left', 'first_day': date '1900-01-01', 'until': far_off()}]
    else [
    {'step': 'not_begun', 'first_day': date '1900-01-01', 'until': first_day},
    {'step': 'too_recent', 'first_day': first_day, 'until': least(long_enough_day, gone_day)},
    {'step': 'in_force', 'first_day': least(long_enough_day, gone_day), 'until': gone_day},
    {'step': 'withdrawn', 'first_day': gone_day, 'until': ended_day},
    {'step': 'ended', 'first_day': ended_day, 'until': far_off()}
] end, recursive := true)
from (
    select *, case when until = far_off() then until else cast(until + 1 as date) end as gone_day,
        coalesce(cast(registered_last_day + 1 as date), far_off()) as ended_day
    from service
);

create table coordinator_step as from standing_on('coordinator_span');
create table plan_step as from standing_on('plan_span');
create table service_step as from standing_on('service_span');

-- The persons on each date: with registrations in force, with an assignment, and living here.
create view in_force as
select person, first_day, coalesce(last_day, far_off()) as until
from coordinator_registration
where never_counts is null;

create table registered_on as select person, dates from on_dates('in_force') where dates <> 0;

create table assigned_state as
select
    coalesce(coordinated.dates, 0) as assigned, coalesce(registered.dates, 0) as registered,
        coalesce(member.coordinator, 0) as member
from coordinated
full join (select person,
    bit_or(dates) as dates from registered_on group by person) as registered using (person)
left join member using (person);

create view not_assigned as
select registered_on.dates & ~coalesce(coordinated.dates, 0) as dates
from registered_on
left join coordinated using (person);
create view assigned_on as select assigned as dates from assigned_state;
create view bridged_on as select assigned & ~registered as dates from assigned_state;
create view assigned_away as select assigned & ~member as dates from assigned_state;
create view plan_registered_then as
select person, first_day, coalesce(last_day, far_off()) as until from plan_closed where not has_no_day;
create table plan_registered as
select person, bit_or(dates) as dates from on_dates('plan_registered_then') group by person;
create view plan_bridged_on as
select with_plan.dates & ~coalesce(plan_registered.dates, 0) as dates
from with_plan
left join plan_registered using (person);
create view planned_away as select with_plan.dates & ~coalesce(member.plan, 0) as dates
from with_plan
left join member using (person);
create view planned_then as select dates from with_plan;
create view served_on as select dates from served;
create view enough_on as select enough as dates from served;

create table person_step as
select number, 'one_at_a_time' as step, 'coordinator' as base, -rows as rows from counted_on('not_assigned')
union all
select number, 'same_person', 'coordinator',
    assigned.rows - coalesce(bridged.rows, 0) - (registered.rows - coalesce(elsewhere.rows, 0))
from (select number, rows from coordinator_step where step = 'in_force') as registered
full join counted_on('assigned_on') as assigned using (number)
left join counted_on('not_assigned') as elsewhere using (number)
left join counted_on('bridged_on') as bridged using (number)
union all select number, 'bridged_gap', 'coordinator', rows from counted_on('bridged_on')
union all select number, 'not_resident', 'coordinator', -rows from counted_on('assigned_away')
union all select number, 'persons', 'coordinator', coordinator from everybody
union all
select number, 'same_person', 'plan', planned.rows - coalesce(bridged.rows, 0) - registered.rows
from counted_on('planned_then') as planned
inner join (select number, rows from plan_step where step = 'in_force') as registered using (number)
left join counted_on('plan_bridged_on') as bridged using (number)
union all select number, 'bridged_gap', 'plan', rows from counted_on('plan_bridged_on')
union all select number, 'not_resident', 'plan', -rows from counted_on('planned_away')
union all select number, 'persons', 'plan', plan from everybody
union all
select number, unnest(steps).step, 'target_group', unnest(steps).rows
from (
    select number, [
        {'step': 'same_person', 'rows': with_services - services},
        {'step': 'too_few_areas', 'rows': enough - with_services},
        {'step': 'by_coordinator_or_plan', 'rows': members - members_enough},
        {'step': 'not_resident', 'rows': members_enough - enough},
        {'step': 'persons', 'rows': members}
    ] as steps
    from (
        select
            number, coalesce(service.rows, 0) as services, coalesce(served.rows, 0) as with_services,
                coalesce(enough.rows, 0) as enough,
            coalesce(target_group, 0) as members, coalesce(everybody.with_services, 0) as members_enough
        from date_of
        left join (select number, rows from service_step where step = 'in_force') as service using (number)
        left join counted_on('served_on') as served using (number)
        left join counted_on('enough_on') as enough using (number)
        left join everybody using (number)
    )
);

create table waterfall as
with
    base_step as (
        select number, step, 'coordinator' as base, case when step = 'in_force' then rows else -rows end as rows
        from coordinator_step
        union all
        select number, step, 'plan', case when step = 'in_force' then rows else -rows end from plan_step
        union all
        select number, step, 'target_group', case when step = 'in_force' then rows else -rows end
        from service_step
        union all
        select number, step, 'plan', -rows
        from date_of
        cross join (
            select case when plan_type <> 'individual_plan' then 'plan_type_other'
                else 'plan_not_active' end as step, count(*) as rows
            from ip
            where place = 'counted'
                and (plan_type <> 'individual_plan' or plan_status not in ('active', 'closed'))
            group by all
        )
        union all
        select number, step, base, rows from person_step
    ),
    persons as (
        select number, unnest([
            {'measure': 'child_coordinator', 'step': 'no_child_coordinator',
                'rows': child_coordinator - coordinator},
            {'measure': 'coordinator_and_plan', 'step': 'without_plan',
                'rows': coordinator_and_plan - coordinator},
            {'measure': 'coordinator_with_meeting', 'step': 'without_meeting',
                'rows': coordinator_with_meeting - coordinator},
            {'measure': 'consent_known', 'step': 'no_consent_value', 'rows': consent_known - coordinator},
            {'measure': 'consent_yes', 'step': 'no_consent_value', 'rows': consent_known - coordinator},
            {'measure': 'consent_yes', 'step': 'consent_not_given', 'rows': consent_yes - consent_known},
            {'measure': 'plan_without_coordinator', 'step': 'with_coordinator', 'rows': -coordinator_and_plan},
            {'measure': 'living_plan', 'step': 'plan_not_living', 'rows': living_plan - plan},
            {'measure': 'child_coordinator', 'step': 'counted', 'rows': child_coordinator},
            {'measure': 'coordinator_and_plan', 'step': 'counted', 'rows': coordinator_and_plan},
            {'measure': 'coordinator_with_meeting', 'step': 'counted', 'rows': coordinator_with_meeting},
            {'measure': 'consent_known', 'step': 'counted', 'rows': consent_known},
            {'measure': 'consent_yes', 'step': 'counted', 'rows': consent_yes},
            {'measure': 'plan_without_coordinator', 'step': 'counted', 'rows': plan - coordinator_and_plan},
            {'measure': 'living_plan', 'step': 'counted', 'rows': living_plan}
        ], recursive := true)
        from everybody
        union all
        select number, unnest([
            {'measure': 'distinct_coordinator', 'step': 'same_coordinator',
                'rows': distinct_coordinator - coordinator},
            {'measure': 'distinct_coordinator_known_area', 'step': 'same_coordinator',
                'rows': distinct_coordinator - coordinator},
            {'measure': 'distinct_coordinator_known_area', 'step': 'area_unknown',
                'rows': distinct_coordinator_known_area - distinct_coordinator},
            {'measure': 'coordinator_from_health', 'step': 'same_coordinator',
                'rows': distinct_coordinator - coordinator},
            {'measure': 'coordinator_from_health', 'step': 'area_unknown',
                'rows': distinct_coordinator_known_area - distinct_coordinator},
            {'measure': 'coordinator_from_health', 'step': 'other_sector',
                'rows': coordinator_from_health - distinct_coordinator_known_area},
            {'measure': 'distinct_coordinator', 'step': 'counted', 'rows': distinct_coordinator},
            {'measure': 'distinct_coordinator_known_area', 'step': 'counted',
                'rows': distinct_coordinator_known_area},
            {'measure': 'coordinator_from_health', 'step': 'counted', 'rows': coordinator_from_health}
        ], recursive := true)
        from coordinators inner join everybody using (number)
    ),
    taken_in as (select record, sum(rows) as rows from placed where place = 'counted' group by record),
    counted as (
        select number, indicator, numerator, denominator
        from flow
        where age_scheme = 'standard' and age_group = 'all'
    ),
    meetings as (
        select
            number, any_value(total) as rows, any_value(total_counting) as counting_rows,
            coalesce(sum(registrations), 0) as rows_in_period, coalesce(sum(meetings), 0) as meetings
        from date_of
        cross join (select sum(registrations) as total,
            coalesce(sum(registrations) filter (where counts), 0) as total_counting from meeting)
        left join (select met_on, sum(registrations) as registrations,
            count(*) as meetings from meeting where counts group by met_on) as on_day
            on met_on between reference_date - 364 and reference_date
        group by number
    ),
    notices as (
        select
            number, asked, sum(registrations) as rows_in_period, count(*) as notices,
            count(*) filter (where lives_here) as of_residents, count(days) filter (where lives_here) as counted
        from (
            select number, 'notice_answered' as asked, registrations, days_to_answer as days,
                reference_date between first_resident_day and last_resident_day as lives_here
                from notice_on
                where is_of_the_year
            union all
            select number, 'notice_appointed', registrations, days_to_coordinator,
                reference_date between first_resident_day and last_resident_day
                from notice_on
                where received_on <= reference_date - 365
        ) group by all
    ),
    declines as (
        select number, change, sum(rows) as rows_in_period, count(*) as forms
        from declining group by number, change
    ),
    starts as (
        select number, sum(coalesce(rows, 0)) as rows_in_period, count(*) as starts, count(*)
            filter (where not is_migrated) as begun,
            count(*) filter (where not is_migrated and is_resident) as of_residents, count(*)
                filter (where not is_migrated and is_change and is_resident) as changes
        from starting group by number
    ),
    inhabitants as (
        select number, any_value(taken_in.rows) as rows, sum(inhabitant.rows) as rows_in_period,
            sum(persons) as inhabitants,
            coalesce(sum(persons) filter (where age < 18), 0) as under_18
        from date_of inner join inhabitant on year(reference_date) = year
        cross join (select sum(rows) as rows from inhabitant) as taken_in
        group by number
    ),
    events as (
        select number, measure, unnest([
            {'step': 'meeting_type_other', 'rows': counting_rows - rows},
            {'step': 'outside_period', 'rows': rows_in_period - counting_rows},
            {'step': 'in_period', 'rows': rows_in_period},
            {'step': 'same_meeting', 'rows': meetings - rows_in_period},
            {'step': 'not_resident', 'rows': coalesce(denominator, 0) - meetings},
            {'step': 'gp_absent', 'rows': case
                when measure = 'meeting_with_gp' then coalesce(numerator - denominator, 0) else 0 end},
            {'step': 'counted', 'rows': coalesce(case when measure = 'meeting_with_gp' then numerator
                else denominator end, 0)}
        ], recursive := true)
        from meetings
        cross join (values ('meeting'), ('meeting_with_gp')) as told(measure)
        left join (select * from counted where indicator = 'gp_participation') using (number)
        where rows is not null
        union all
        select date_of.number, told.measure, unnest([
            {'step': 'outside_period', 'rows': coalesce(rows_in_period, 0) - taken_in.rows},
            {'step': 'in_period', 'rows': coalesce(rows_in_period, 0)},
            {'step': 'same_notice', 'rows': coalesce(notices.notices - rows_in_period, 0)},
            {'step': 'not_resident', 'rows': coalesce(of_residents - notices.notices, 0)},
            {'step': told.left_out, 'rows': coalesce(counted - of_residents, 0)},
            {'step': 'counted', 'rows': coalesce(counted, 0)}
        ], recursive := true)
        from date_of
        cross join (values ('notice_answered', 'not_answered'),
            ('notice_appointed', 'no_coordinator_in_time')) as told(measure, left_out)
        inner join taken_in on taken_in.record = 'melding'
        left join notices on date_of.number = notices.number and told.measure = notices.asked
        union all
        select number, measure, unnest([
            {'step': 'form_type_other', 'rows': coalesce(total.rows, 0) - coalesce(taken_in.rows, 0)},
            {'step': 'outside_period', 'rows': coalesce(rows_in_period, 0) - coalesce(total.rows, 0)},
            {'step': 'in_period', 'rows': coalesce(rows_in_period, 0)},
            {'step': 'same_form', 'rows': coalesce(forms - rows_in_period, 0)},
            {'step': 'not_resident', 'rows': coalesce(numerator, 0) - coalesce(forms, 0)},
            {'step': told.begun, 'rows': case
                when with_begun then coalesce(denominator - numerator, 0) else 0 end},
            {'step': 'counted', 'rows': coalesce(case when with_begun then denominator
                else numerator end, 0)}
        ], recursive := true)
        from date_of
        cross join (
            values
                ('declined', 'declined_coordinator', 'decline_share', 'newly_begun', false),
                ('declined_or_begun', 'declined_coordinator', 'decline_share', 'newly_begun', true),
                ('declined_plan', 'declined_plan', 'plan_decline_share', 'plan_newly_begun', false),
                ('declined_or_begun_plan', 'declined_plan', 'plan_decline_share', 'plan_newly_begun', true)
        ) as told(measure, change, indicator, begun, with_begun)
        left join (select change, sum(rows) as rows from form group by change) as total using (change)
        left join taken_in on taken_in.record = 'endring'
        left join declines using (number, change)
        left join counted using (number, indicator)
        union all
        select number, 'coordinator_change', unnest([
            {'step': 'outside_period', 'rows': coalesce(rows_in_period, 0) - total.rows},
            {'step': 'in_period', 'rows': coalesce(rows_in_period, 0)},
            {'step': 'same_assignment', 'rows': coalesce(starts.starts - rows_in_period, 0)},
            {'step': 'backlog', 'rows': coalesce(begun - starts.starts, 0)},
            {'step': 'not_resident', 'rows': coalesce(of_residents - begun, 0)},
            {'step': 'first_coordinator', 'rows': coalesce(changes - of_residents, 0)},
            {'step': 'counted', 'rows': coalesce(changes, 0)}
        ], recursive := true)
        from date_of
        cross join (select nullif(count(*),
            0) as rows from coordinator_registration where never_counts is null) as total
        left join starts using (number)
        where total.rows is not null
        union all
        select date_of.number, 'coordinator_gap', unnest([
            {'step': 'outside_period', 'rows': coalesce(begun.rows, 0) - total.rows},
            {'step': 'in_period', 'rows': coalesce(begun.rows, 0)},
            {'step': 'same_assignment', 'rows': coalesce(begun.assignments - begun.rows, 0)},
            {'step': 'no_gap', 'rows': coalesce(gaps.gaps, 0) - coalesce(begun.assignments, 0)},
            {'step': 'not_resident', 'rows': coalesce(gaps.of_residents - gaps.gaps, 0)},
            {'step': 'counted', 'rows': coalesce(gaps.of_residents, 0)}
        ], recursive := true)
        from date_of
        cross join (select nullif(count(*),
            0) as rows from coordinator_registration where never_counts is null) as total
        left join (
            select number, sum(coalesce(rows, 0)) as rows, count(*) as assignments
            from assignment left join rows_of using (assignment)
            inner join date_of on first_day between reference_date - 364 and reference_date
            where counts and not has_no_day group by number
        ) as begun using (number)
        left join (
            select number, count(*) as gaps, count(*) filter (where is_resident) as of_residents
            from gap_on group by number
        ) as gaps using (number)
        where total.rows is not null
        union all
        select number, unnest(['coordinator_change', 'coordinator_gap']), never_counts, -rows
        from date_of
        cross join (
            select never_counts, count(*) as rows
            from coordinator_registration where never_counts is not null group by never_counts
        )
        union all
        select number, measure, unnest([
            {'step': 'outside_period', 'rows': rows_in_period - rows},
            {'step': 'in_period', 'rows': rows_in_period},
            {'step': 'persons_in_rows', 'rows': inhabitants.inhabitants - rows_in_period},
            {'step': 'adults', 'rows': case when measure = 'inhabitants' then 0
                else under_18 - inhabitants.inhabitants end},
            {'step': 'counted', 'rows': case when measure = 'inhabitants' then inhabitants.inhabitants
                else under_18 end}
        ], recursive := true)
        from inhabitants cross join (values ('inhabitants'), ('inhabitants_under_18')) as told(measure)
    ),
    own_step as (
        select number, measure, step, rows from persons
        union all select number, measure, step, rows from events
        union all select number, measure, step, rows from base_step inner join reference.measures using (base)
    ),
    shown as (
        select distinct number, measure from own_step
        union select number, measure from date_of cross join reference.measures where base is not null
    ),
    first_step as (
        select record, 'rows_read' as step, sum(rows) as rows from placed group by record
        union all
        select record, case place when 'quarantined' then rule when 'counted' then 'registrations'
            else place end,
            sum(case when place = 'counted' then rows else -rows end)
        from placed group by all
    ),
    step as (
        select number, measure, step, rows from own_step
        union all
        select number, measure, step, rows
        from shown inner join reference.measures using (measure)
        inner join (
            select * from first_step where record <> 'befolkning'
            union all
            select 'befolkning', unnest(['rows_read', 'registrations']), sum(rows) from inhabitant
        ) using (record)
        union all
        select number, measure,
            unnest(case when base is null then ['rows_read', 'registrations']
            else ['rows_read', 'registrations', 'in_force', 'persons'] end), 0
        from shown inner join reference.measures using (measure)
    ),
    known as (
        select step, kind, sort_order from reference.waterfall_steps
        union all
        select rule, 'change', sort_order / 1000.0 + case
            when action = 'quarantined' then 200
            when rule in ('role_not_counted', 'specialist_coordinator', 'plan_type_other', 'no_day_left',
                'closed_without_date') then 320
            when rule = 'one_at_a_time' then 510
            else 430
        end
        from reference.rules
    )
select
    reference_date, measure, step,
    cast(row_number() over (partition by number, measure order by sort_order, step) as integer) as step_order,
        cast(rows as bigint) as rows, kind
from (select number, measure, step, sum(rows) as rows from step group by all)
inner join known using (step)
inner join date_of using (number)
where rows <> 0 or kind = 'level';
