-- Individual plans: those of one person that overlap or lie close are one.
create table planned as
select * exclude (note, problem, last_day, told_birth_date)
from ip where place = 'counted' and plan_type = 'individual_plan' and plan_status in ('active', 'closed');

create table plan_closed as
with
    ends as (
        select
            planned.*,
            -- A plan that was closed nobody knows when, ended when it was last worked with.
            case when closed is not null then cast(closed - 1 as date)
                when plan_status = 'closed' then evaluated end as registered_last_day,
            plan_status = 'closed' and closed is null and evaluated is not null as closed_at_evaluation,
            plan_status = 'closed' and closed is null and evaluated is null as closed_without_date,
            cast(died - 1 as date) as before_death,
            case when has_returned and first_day >= moved_in then null
                else cast(moved_out - 1 as date) end as before_move,
            before_decline,
            before_end_form,
            least(before_death, before_move, before_decline, before_end_form, withdrawn_last_day) as closing_day
        from planned
        inner join person using (person)
        left join ended_by('planned', 'declined_plan', 'plan_ended') using (delivery_number, row_number)
    )
select
    * exclude (before_death, before_move, before_decline, before_end_form, closing_day),
    least(registered_last_day, closing_day) as last_day,
    case
        when closed_without_date or closing_day is null or registered_last_day <= closing_day then null
        when closing_day = before_death then 'closed_by_death'
        when closing_day = before_move then 'closed_by_move'
        when closing_day = before_decline then 'closed_by_decline'
        when closing_day = before_end_form then 'closed_by_end_form'
        else 'withdrawn'
    end as closed_by,
    closed_without_date or coalesce(least(registered_last_day, closing_day) < first_day, false) as has_no_day
from ends;

create table plan_merged as
with
    spell as (
        select
            delivery_number, row_number, source_number, person, first_day,
                coalesce(last_day, far_off()) as until,
            true as counts, '' as role, '' as coordinator,
            row_number() over (order by delivery_number, registration_id, row_number) as spell
        from plan_closed where not has_no_day
    ),
    reached as (
        select *, max(until) over (
            partition by person order by first_day, spell rows between unbounded preceding and 1 preceding
        ) as reached from spell
    ),
    island as (
        select *, sum(cast(coalesce(first_day - reached > 30, true) as integer)) over (
            partition by person order by first_day, spell rows between unbounded preceding and current row
        ) as island from reached
    )
select *, min(spell) over (partition by person, island) as plan from island;

create table plan as
select plan, person, min(first_day) as first_day, max(until) as until from plan_merged group by plan, person;

-- What another system says: that there is no plan, or that it was declined.
create table denial as
select delivery_number, row_number, source_number, person, coalesce(first_day, delivered) as said_on
from ip where place = 'counted' and plan_type = 'individual_plan' and plan_status in ('none', 'declined');
