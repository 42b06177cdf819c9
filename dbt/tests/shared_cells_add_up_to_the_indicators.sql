-- The cells of a share package sum to what coverage says of each date, area and age group of every
-- scheme, in numerator and denominator: of every month's end whose registers are there, and of no
-- other date. How many have met is compared where meetings are registered.
with
    counted_date as (
        select municipality_code, reference_date
        from {{ ref("int_comparability") }}
        where
            indicator = 'both_coverage'
            and grade <> 'X'
            and reference_date = last_day(reference_date)
    ),

    figure as (
        select
            municipality_code,
            reference_date,
            service_area,
            age_scheme,
            age_group,
            indicator,
            case
                when indicator <> 'meeting_coverage' or grade <> 'X' then numerator
            end as numerator,
            denominator
        from {{ ref("coverage") }}
        semi join counted_date using (municipality_code, reference_date)
        where
            service_area <> 'unknown'
            and indicator in (
                'coordinator_coverage',
                'plan_coverage',
                'both_coverage',
                'plan_without_coordinator',
                'living_plan_share',
                'meeting_coverage'
            )
    ),

    -- Each of the finest groups is of one group of a scheme, and of all of them together.
    belongs as (
        select distinct finest.age_group as finest_age_group, band.age_scheme, band.age_group
        from {{ ref("int_finest_age_group") }} as finest
        inner join {{ ref("int_age_band") }} as band on finest.age is not distinct from band.age
    ),

    summed as (
        select
            cell.municipality_code,
            cell.reference_date,
            cell.service_area,
            belongs.age_scheme,
            belongs.age_group,
            sum(cell.persons) as target_group,
            coalesce(sum(cell.persons) filter (cell.coordinator <> 'none'), 0) as coordinator,
            coalesce(sum(cell.persons) filter (cell.plan <> 'none'), 0) as plan,
            coalesce(
                sum(cell.persons) filter (cell.coordinator <> 'none' and cell.plan <> 'none'), 0
            ) as coordinator_and_plan,
            coalesce(sum(cell.persons) filter (cell.plan = 'living'), 0) as living_plan,
            case
                when not bool_or(cell.coordinator = 'unknown')
                then coalesce(sum(cell.persons) filter (cell.coordinator = 'with_meeting'), 0)
            end as coordinator_with_meeting
        from {{ ref("share_count") }} as cell
        inner join belongs on cell.age_group = belongs.finest_age_group
        group by all
    ),

    counted as (
        {% for indicator, numerator, denominator in [
            ("coordinator_coverage", "coordinator", "target_group"),
            ("plan_coverage", "plan", "target_group"),
            ("both_coverage", "coordinator_and_plan", "target_group"),
            ("plan_without_coordinator", "plan - coordinator_and_plan", "plan"),
            ("living_plan_share", "living_plan", "plan"),
            ("meeting_coverage", "coordinator_with_meeting", "coordinator"),
        ] -%}
            select
                municipality_code,
                reference_date,
                service_area,
                age_scheme,
                age_group,
                '{{ indicator }}' as indicator,
                {{ numerator }} as numerator,
                {{ denominator }} as denominator
            from summed
            where {{ denominator }} > 0
            {% if not loop.last -%}
                union all
            {% endif %}
        {%- endfor %}
    )

select *
from counted
full join
    figure using (municipality_code, reference_date, service_area, age_scheme, age_group, indicator)
where
    counted.numerator is distinct from figure.numerator
    or counted.denominator is distinct from figure.denominator
