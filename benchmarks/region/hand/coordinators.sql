-- Assignments: one counting coordinator at a time.
create table registered as
select
    koordinator.* exclude (area, note, problem, last_day),
    koordinator.area,
    koordinator.last_day,
    employee.last_employed_day,
    employee.area as employee_area,
    role in ('coordinator', 'child_coordinator') as role_counts,
    coalesce(coalesce(koordinator.area, employee.area) = 'specialist', false) as is_specialist,
    -- Many starts on one date are a backlog that was typed in. No row of a region names a family.
    count(*) over same_day >= 5 and count(*) over same_day > count(*) over same_year * 0.20e0 as is_migrated
from koordinator left join employee using (coordinator)
where place = 'counted'
window
    same_day as (partition by source_number, first_day),
    same_year as (partition by source_number, year(first_day));

create table closed as
with
    ends as (
        select
            registered.* exclude (last_day),
            registered.last_day as registered_last_day,
            cast(died - 1 as date) as before_death,
            case when has_returned and first_day >= moved_in then null
                else cast(moved_out - 1 as date) end as before_move,
            before_decline,
            before_end_form,
            case when role = 'child_coordinator' then cast(turns_18 - 1 as date) end as before_18,
            least(before_death, before_move, before_decline, before_end_form, before_18,
                withdrawn_last_day) as closing_if_employed,
            least(closing_if_employed, last_employed_day) as closing_day
        from registered
        inner join person using (person)
        left join ended_by('registered', 'declined_coordinator', 'coordinator_ended') using (delivery_number,
            row_number)
    )
select
    * exclude (before_death, before_move, before_decline, before_end_form, before_18, closing_if_employed,
        closing_day),
    least(registered_last_day, closing_day) as last_day,
    least(registered_last_day, closing_if_employed) as last_day_if_employed,
    case
        when closing_day is null or registered_last_day <= closing_day then null
        when closing_day = before_death then 'closed_by_death'
        when closing_day = before_move then 'closed_by_move'
        when closing_day = before_decline then 'closed_by_decline'
        when closing_day = before_end_form then 'closed_by_end_form'
        when closing_day = last_employed_day then 'closed_by_employment'
        when closing_day = before_18 then 'closed_by_age_18'
        else 'withdrawn'
    end as closed_by,
    coalesce(least(registered_last_day, closing_day) < first_day, false) as has_no_day
from ends;

-- Before the right to a child coordinator came, one that is registered so was a coordinator.
create table spell as
with
    in_its_time as (
        select *
        from closed
        where not has_no_day and (role <> 'child_coordinator' or first_day >= date '2022-08-01')
        union all
        select * replace ('coordinator' as role, cast(least(last_day, date '2022-07-31') as date) as last_day)
        from closed where not has_no_day and role = 'child_coordinator' and first_day < date '2022-08-01'
        union all
        select * replace (date '2022-08-01' as first_day)
        from closed
        where not has_no_day and role = 'child_coordinator' and first_day < date '2022-08-01'
            and coalesce(last_day, far_off()) >= date '2022-08-01'
    )
select
    delivery_number, row_number, source_number, delivered, person, coordinator, role, area, consent,
        is_migrated,
    first_day, coalesce(last_day, far_off()) as until,
    role_counts and not is_specialist as counts,
    row_number() over (order by delivery_number, registration_id, row_number, first_day) as spell
from in_its_time;

-- Numbers the stretches of those that are the same and lie at most so many days apart.
create macro islands(spells, apart_without, apart_with) as table
select *, sum(cast(begins as integer)) over (in_order rows between unbounded preceding
    and current row) as island
from (
    select
        *,
        coalesce(
            first_day - max(until) over (in_order rows between unbounded preceding and 1 preceding)
            > case when coordinator is null then apart_without else apart_with end,
            true
        ) as begins
    from query_table(spells)
    window in_order as (partition by person, counts, role, coordinator order by first_day, spell)
)
window in_order as (partition by person, counts, role, coordinator order by first_day, spell);

-- Those without a coordinator that overlap one another, whatever their roles, have one host together.
create table unnamed as
select * replace (cast(null as text) as role), role as own_role from spell where coordinator is null;

create table loose as
select
    person, counts, min(spell) as spell, list(spell) as spells, arg_min(own_role, (first_day, spell)) as role,
    min(first_day) as first_day, max(until) as until
from islands('unnamed', 0, 0)
group by person, counts, island;

create table near as
select person, counts, role, coordinator, first_day, until, spell
from spell semi join loose using (person) where coordinator is not null;

create macro hosts_in(known) as table
with
    assignment as (
        select person, counts, role, coordinator, min(first_day) as first_day, max(until) as until,
            min(spell) as spell
        from islands(known, 0, 30) group by person, counts, role, coordinator, island
    )
select
    loose.spell,
    arg_min(
        {'coordinator': host.coordinator, 'role': host.role},
            (host.role <> loose.role, host.first_day, host.spell)
    ) as host
from loose
inner join assignment as host
    on loose.person = host.person and loose.counts = host.counts
    and loose.first_day <= host.until and host.first_day <= loose.until
group by loose.spell;

create table host as from hosts_in('near');

-- What found a host may have closed a gap, and so be the host of what lies in the gap.
create table nearer as
from near
union all
select person, counts, host.role, host.coordinator, first_day, until, spell
from loose
inner join host using (spell);

insert into host from hosts_in('nearer') anti join host using (spell);

create table hosted as
with
    joined as (
        select unnest(spells) as spell, host.coordinator as coordinator, coalesce(host.role, loose.role) as role
        from loose left join host using (spell)
    )
select
    spell.* replace (coalesce(spell.coordinator, joined.coordinator) as coordinator,
        coalesce(joined.role, spell.role) as role),
    joined.coordinator is not null as joined_a_host
from spell left join joined using (spell);

create table merged as
select *, min(spell) over (partition by person, counts, role, coordinator, island) as assignment
from islands('hosted', 0, 30);

create table assignment as
with
    -- The newest registration says what only one can say.
    told as (
        select
            assignment, person, counts, role, coordinator,
            min(first_day) as first_day,
            max(until) as until,
            arg_max(area, (first_day, delivered, spell)) filter (where area is not null) as area,
            arg_max(consent, (first_day, delivered, spell)) filter (where consent is not null) as consent,
            arg_min(is_migrated, (first_day, is_migrated)) as is_migrated
        from merged group by all
    ),
    ordered as (
        select
            *,
            lead(first_day) over (
                partition by person, counts order by first_day, role <> 'child_coordinator', until, assignment
            ) as next_first_day,
            lead(first_day) over (
                partition by person, counts, role = 'child_coordinator' order by first_day, until, assignment
            ) as next_of_kind
        from told
    ),
    child as (
        select person, first_day, cast(least(until, next_of_kind - 1) as date) as until
        from ordered where counts and role = 'child_coordinator'
    )
select
    assignment, person, counts, role, coordinator, area, consent, is_migrated, waits_for_child,
    starts as first_day,
    ends as until,
    counts and ends < until as ended_by_next,
    counts and ends < starts as has_no_day
from (
    select
        ordered.*,
        -- An ordinary coordinator who begins while a child coordinator lasts waits until it ends.
        child.until is not null as waits_for_child,
        case when child.until is null then ordered.first_day else cast(child.until + 1 as date) end as starts,
        case
            when not counts then ordered.until
            when role = 'child_coordinator' then cast(least(ordered.until, next_of_kind - 1) as date)
            else cast(least(ordered.until, next_first_day - 1) as date)
        end as ends
    from ordered
    left join child
        on ordered.person = child.person and ordered.counts and ordered.role <> 'child_coordinator'
        and ordered.first_day between child.first_day and child.until
);

-- A change is a start after another coordinator's; who goes on with the same one begins nothing.
create table start as
select person, assignment, first_day, is_migrated, before is not null and before <> who as is_change
from (
    select
        *,
        coalesce(coordinator, 'assignment ' || assignment) as who,
        lag(coalesce(coordinator, 'assignment ' || assignment)) over in_time as before,
        lag(until) over in_time as until_before
    from assignment
    where counts and not has_no_day
    window in_time as (partition by person order by first_day, assignment)
)
where before is distinct from who or until_before + 1 < first_day;

-- Days without a coordinator between two; between two stays there is nobody to coordinate.
create table gap as
select person, assignment, cast(first_day - 1 as date) as last_day, first_day - before - 1 as days
from (
    select
        person, assignment, first_day, is_migrated,
        max(until) over (
            partition by person order by first_day, assignment rows between unbounded preceding
                and 1 preceding
        ) as before
    from assignment where counts and not has_no_day
)
inner join person using (person)
where before + 1 < first_day and not is_migrated
    and not (has_returned and coalesce(moved_in > before and moved_in <= first_day, false));
