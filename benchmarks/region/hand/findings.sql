-- What the rules found: which row, which rule, and what of it is told.
create macro rules_of(asked, rows) as table
select asked as record, delivery_number, row_number, unnest(found, recursive := true)
from (
    select
        delivery_number, row_number,
        list_filter([
            case when place = 'duplicate' then {'rule': 'duplicate_row', 'column_name': null,
                'value': 'row ' || duplicate_of} end,
            case when is_older_in_file then {'rule': 'same_id_in_file', 'column_name': null, 'value': null} end,
            case when withdrawn_last_day is not null then {'rule': 'withdrawn', 'column_name': null,
                'value': cast(withdrawn_last_day as text)} end,
            problem,
            case when is_recoded
                and place in ('counted', 'quarantined') then {'rule': 'municipality_recoded',
                'column_name': 'kommune', 'value': kommune} end,
            case when place in ('counted', 'quarantined') then note end,
            case when is_named and place = 'counted' then {'rule': 'person_by_name', 'column_name': null,
                'value': null} end,
            case when is_linked and place = 'counted' then {'rule': 'earlier_id_linked', 'column_name': null,
                'value': null} end,
            case when not is_known
                and place = 'counted' then {'rule': 'person_not_in_register', 'column_name': null,
                'value': null} end
        ], lambda told: told is not null) as found
    from query_table(rows)
    where place <> 'counted' or is_recoded or note is not null or is_named or is_linked or not is_known
        or withdrawn_last_day is not null
);

create table merged_place as
select
    *, count(*) over (partition by assignment) as registrations,
    row_number() over (partition by assignment order by first_day, spell) as nth
from merged;

create table found as
from rules_of('tjeneste', 'tjeneste')
union all from rules_of('koordinator', 'koordinator')
union all from rules_of('ip', 'ip')
union all from rules_of('endring', 'endring')
union all from rules_of('melding', 'melding')
union all from rules_of('mote', 'mote')
union all
select 'mote', delivery_number, row_number, 'meetings_merged', null, cast(first_day as text)
from told_again
where nth > 1
union all
select 'koordinator', delivery_number, row_number, rule, null, cast(day as text)
from (
    select delivery_number, row_number, closed_by as rule, last_day as day
    from closed where closed_by <> 'withdrawn' and last_day <= getvariable('as_of')
    union select delivery_number, row_number, 'no_day_left', last_day from closed where has_no_day
    union select delivery_number, row_number, 'role_not_counted', null from closed where not role_counts
    union select delivery_number, row_number, 'specialist_coordinator', null from closed where is_specialist
    union select delivery_number, row_number, 'backlog_start', first_day
    from closed
    where is_migrated and role_counts and not is_specialist
    union select delivery_number, row_number, 'child_before_2022', first_day
    from closed where not has_no_day and role = 'child_coordinator' and first_day < date '2022-08-01'
    union select delivery_number, row_number, 'joined_without_id', first_day from merged where joined_a_host
    union select delivery_number, row_number, 'bridged', first_day
    from merged_place
    where registrations > 1 and nth > 1 and not joined_a_host
    union
    select delivery_number, row_number, unnest(rules).rule, unnest(rules).day
    from (
        select merged.delivery_number, merged.row_number, list_filter([
            case when ended_by_next then {'rule': 'one_at_a_time',
                'day': nullif(assignment.until, far_off())} end,
            case when waits_for_child then {'rule': 'child_precedence', 'day': assignment.first_day} end,
            case when has_no_day then {'rule': 'no_day_left', 'day': nullif(assignment.until, far_off())} end
        ], lambda told: told is not null) as rules
        from merged inner join assignment using (assignment)
        where ended_by_next or waits_for_child or has_no_day
    )
)
union all
select 'koordinator', delivery_number, row_number, 'coordinator_gap', null, days || ' days'
from merged_place inner join gap using (assignment)
where nth = 1
union all
-- Two sources that each name another one who follows.
select distinct 'koordinator', later.delivery_number, later.row_number, 'successors_differ', null,
    earlier.first_day || ' / ' || later.first_day
from merged as earlier
inner join merged as later
    on earlier.person = later.person and earlier.source_number <> later.source_number
    and earlier.coordinator <> later.coordinator and earlier.role = later.role
    and (earlier.first_day, earlier.spell) < (later.first_day, later.spell)
    and later.first_day <= least(earlier.until, cast(earlier.first_day + 90 as date))
where earlier.counts and later.counts
union all
select 'endring', delivery_number, row_number, 'form_contradicted', null, first_day || ' / ' || registered_on
from (
    select endring.*, to_day(case change when 'moved' then utflyttet_dato
        when 'died' then dod_dato end) as registered_on
    from endring
    inner join (select hash(person_key) as person,
        utflyttet_dato, dod_dato from landing.person) using (person)
    where place = 'counted'
)
where first_day <> registered_on
union all
select 'ip', delivery_number, row_number, rule, null, cast(day as text)
from (
    select delivery_number, row_number, closed_by as rule, last_day as day
    from plan_closed
    where closed_by <> 'withdrawn'
    union select delivery_number, row_number, 'closed_at_evaluation', last_day
    from plan_closed
    where closed_at_evaluation
    union select delivery_number, row_number, 'closed_without_date', null
    from plan_closed
    where closed_without_date
    union select delivery_number, row_number, 'no_day_left', last_day
    from plan_closed
    where has_no_day and not closed_without_date
    union select delivery_number, row_number, 'plan_type_other', null
    from ip
    where place = 'counted' and plan_type <> 'individual_plan'
    union
    select delivery_number, row_number,
        case when first_day > so_far then 'plan_reopened' else 'plans_merged' end, first_day
    from (
        select *, max(until) over (
            partition by plan order by first_day, spell rows between unbounded preceding and 1 preceding
        ) as so_far
        from plan_merged
    )
    where so_far is not null
    union
    select denial.delivery_number, denial.row_number, 'systems_disagree', min(said_on)
    from denial
    inner join plan_merged
        on denial.person = plan_merged.person and denial.source_number <> plan_merged.source_number
        and said_on between plan_merged.first_day and plan_merged.until
    group by all
)
union all
select record, delivery_number, row_number, rule, null, null
from (
    select 'koordinator' as record, delivery_number, row_number, person, told_birth_date
    from koordinator
    where place = 'counted'
    union all select 'ip', delivery_number, row_number, person, told_birth_date from ip where place = 'counted'
)
inner join person using (person)
cross join (select 'birth_date_differs' as rule)
where told_birth_date <> birth_date
union all
select record, delivery_number, row_number, 'age_unknown', null, null
from (
    select 'tjeneste' as record, delivery_number, row_number, person from tjeneste where place = 'counted'
    union all select 'koordinator', delivery_number, row_number, person from koordinator where place = 'counted'
    union all select 'ip', delivery_number, row_number, person from ip where place = 'counted'
    union all select 'endring', delivery_number, row_number, person from endring where place = 'counted'
    union all select 'melding', delivery_number, row_number, person from melding where place = 'counted'
    union all select 'mote', delivery_number, row_number, person from mote where place = 'counted'
)
semi join (select person from person where birth_date is null) using (person);

-- What each row is called, and when it was first delivered as it is now.
create macro called(asked, rows) as table
with
    touched as (
        select delivery_number, row_number, source_number, registration, registration_key, registration_id,
            content_key, delivered
        from query_table(rows)
        semi join (select delivery_number, row_number from found where record = asked) using (delivery_number,
            row_number)
    ),
    first as (
        select registration, content_key, min(delivered) as first_delivered
        from query_table(rows)
        semi join touched using (registration, content_key)
        group by registration, content_key
    )
select asked as record, touched.*, first_delivered
from touched
inner join first using (registration, content_key);

create table findings as
with
    -- What a row would change on the newest date if it were mended.
    open as (
        select distinct delivery_number, row_number, what || '_coverage' as changes
        from open_row inner join member using (person)
        inner join (select max(number) as newest from date_of) on has(member.dates, newest)
            and not has(case what when 'plan' then member.plan else member.coordinator end, newest)
        where getvariable('as_of') between first_day and until
    ),
    told as (
        from called('tjeneste', 'read_tjeneste')
        union all from called('koordinator', 'read_koordinator')
        union all from called('ip', 'read_ip')
        union all from called('endring', 'read_endring')
        union all from called('melding', 'read_melding')
        union all from called('mote', 'read_mote')
    ),
    of_rows as (
        select
            found.*, source_number, registration_key, registration_id, delivered, first_delivered
        from found inner join told using (record, delivery_number, row_number)
        union all
        -- The register's own rows are told apart by the person.
        select
            'person', delivery_number, cast(row_number as integer), 'unreadable_date_noted', 'utflyttet_dato',
                unread(utflyttet_dato),
            source_number, person_key, null, delivered, delivered
        from landing.person inner join delivery using (source, delivery_key)
        where utflyttet_dato like '?%'
        union all
        select
            'ansatt', delivery_number, cast(row_number as integer), 'unknown_unit', 'tjenesteomrade',
                tjenesteomrade,
            source_number, registration_key, null, delivered, delivered
        from landing.ansatt inner join delivery using (source, delivery_key)
        anti join means('tjenesteomrade') as area on tjenesteomrade = area.written
        where tjenesteomrade is not null
    )
select
    md5(concat_ws('|', of_rows.rule, source, registration_key, column_name, row_number() over (
        partition by of_rows.rule, of_rows.source_number, registration_key,
            column_name order by delivery_number, row_number, value
    ))) as finding_id,
    of_rows.rule, severity, source, delivery, row_number, registration_id,
    case when action = 'closed' then greatest(first_delivered, cast(cast(value as date) + 1 as date))
        else first_delivered end as first_seen,
    case when column_name is not null
        or value is not null then concat_ws(': ', column_name, value) end as detail,
    action, of_rows.record, of_rows.delivered, column_name,
    not (is_snapshot and delivery_number < newest) as is_current,
    case when action = 'quarantined' then changes end as changes
from of_rows
inner join delivery using (delivery_number)
inner join reference.rules as rule on of_rows.rule = rule.rule
left join open using (delivery_number, row_number);
