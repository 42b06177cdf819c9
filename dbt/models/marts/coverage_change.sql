{#-
    Why a share of persons is another than a year before: everyone who is counted otherwise, once for
    each indicator, by what happened. What came to the numerator and the denominator adds up to the
    change of both.
-#}
{% set of_whom = of_whom_in_the_target_group() %}
{% set shares = [] -%}
{% for indicator in indicators() -%}
    {% if (
        indicator.kind == "share"
        and indicator.numerator_family == "persons"
        and indicator.denominator_family == "persons"
    ) -%}
        {% do shares.append(indicator) %}
    {%- endif %}
{%- endfor %}
{% set measures = (
    shares
    | map(attribute="numerator")
    | list + shares
    | map(attribute="denominator")
    | list
) -%}
{% set measures = measures | unique | sort %}

with
    -- The date nearest to a year before, within a month of that day.
    pair as (
        select
            later.municipality_code,
            later.reference_date,
            arg_min(
                earlier.reference_date,
                (abs(earlier.reference_date - anniversary), earlier.reference_date)
            ) as compared_on
        from
            (
                select
                    municipality_code,
                    reference_date,
                    is_own,
                    cast(reference_date - interval 1 year as date) as anniversary
                from {{ ref("int_reference_date") }}
            ) as later
        inner join
            {{ ref("int_reference_date") }} as earlier
            on later.municipality_code = earlier.municipality_code
            and abs(earlier.reference_date - anniversary) <= 16
            -- What a month's end is compared with is not changed by a day that was asked for.
            and (later.is_own or not earlier.is_own)
        group by later.municipality_code, later.reference_date
    ),

    member as (
        select
            member.municipality_code,
            member.reference_date,
            member.person_number,
            band.age_group,
            member.has_coordinator,
            {% for measure in measures -%}
                {{ of_whom[measure] }} as is_{{ measure }} {%- if not loop.last %}, {% endif %}
            {% endfor %}
        from {{ ref("int_person_date") }} as member
        inner join
            {{ ref("int_age_band") }} as band
            on member.age is not distinct from band.age
            and band.age_scheme = 'standard'
            and band.age_group <> 'all'
    ),

    {% for moment, day in [("before", "compared_on"), ("after", "reference_date")] -%}
        {{ moment }} as (
            select
                pair.municipality_code,
                pair.reference_date,
                pair.compared_on,
                member.person_number,
                member.age_group,
                member.has_coordinator,
                {% for measure in measures -%}
                    member.is_{{ measure }} {%- if not loop.last %}, {% endif %}
                {% endfor %}
            from pair
            inner join
                member
                on pair.municipality_code = member.municipality_code
                and pair.{{ day }} = member.reference_date
        ),
    {% endfor %}

    both_days as (
        select
            coalesce(after.municipality_code, before.municipality_code) as municipality_code,
            coalesce(after.reference_date, before.reference_date) as reference_date,
            coalesce(after.compared_on, before.compared_on) as compared_on,
            coalesce(after.person_number, before.person_number) as person_number,
            before.age_group as age_group_before,
            after.age_group as age_group_after,
            coalesce(before.has_coordinator, false)
            and not coalesce(after.has_coordinator, false) as has_lost_coordinator,
            {% for measure in measures -%}
                coalesce(before.is_{{ measure }}, false) as was_{{ measure }},
                coalesce(after.is_{{ measure }}, false) as is_{{ measure }}
                {%- if not loop.last %}, {% endif %}
            {% endfor %}
        from before
        full outer join
            after
            on before.person_number = after.person_number
            and before.reference_date = after.reference_date
    ),

    counted as (
        {% for share in shares -%}
            select
                municipality_code,
                reference_date,
                compared_on,
                '{{ share.indicator }}' as indicator,
                person_number,
                age_group_before,
                age_group_after,
                has_lost_coordinator,
                was_{{ share.denominator }} as was_below,
                is_{{ share.denominator }} as is_below,
                was_{{ share.denominator }} and was_{{ share.numerator }} as was_above,
                is_{{ share.denominator }} and is_{{ share.numerator }} as is_above
            from both_days
            {% if not loop.last -%}
                union all
            {% endif %}
        {%- endfor %}
    ),

    changed as (
        select
            *,
            was_below
            and is_below
            and age_group_before is distinct from age_group_after as is_of_another_age
        from counted
        where
            was_below <> is_below
            or was_above <> is_above
            or (was_below and is_below and age_group_before is distinct from age_group_after)
    ),

    -- What ended a person's last assignment; the newest is what left the person without. Where
    -- several
    -- end on one day, one is told: in the order of the rule that closed them (3.3).
    ended as (
        select
            person_number,
            until as last_day,
            case
                when bool_or(closed_by = 'closed_by_decline')
                then 'lost_declined'
                when bool_or(closed_by = 'closed_by_employment')
                then 'lost_employment'
                when bool_or(closed_by = 'closed_by_age_18')
                then 'lost_at_18'
                else 'lost'
            end as cause
        from {{ ref("int_coordinator__merged") }}
        where counts and until < date '9999-12-31'
        group by person_number, until
    ),

    explained as (
        select
            changed.*,
            case
                when not was_below
                then if(is_above, 'came_with', 'came_without')
                when is_below
                then
                    if(
                        is_above,
                        'gained',
                        if(has_lost_coordinator, coalesce(lost.cause, 'lost'), 'lost')
                    )
                when person.died <= changed.reference_date
                then 'died'
                when not coalesce({{ lives_here_on("person", "changed.reference_date") }}, false)
                then 'moved'
                when was_above and has_lost_coordinator
                then coalesce(lost.cause, 'lost')
                else 'left'
            end as cause
        from changed
        inner join {{ ref("int_person") }} as person using (person_number)
        left join
            (
                select
                    changed.person_number,
                    changed.reference_date,
                    arg_max(ended.cause, ended.last_day) as cause
                from
                    (
                        select distinct person_number, reference_date, compared_on from changed
                    ) as changed
                inner join
                    ended
                    on changed.person_number = ended.person_number
                    and ended.last_day >= changed.compared_on
                    and ended.last_day < changed.reference_date
                group by changed.person_number, changed.reference_date
            ) as lost
            on changed.person_number = lost.person_number
            and changed.reference_date = lost.reference_date
    ),

    in_groups as (
        -- Everybody, whatever the age.
        select
            municipality_code,
            reference_date,
            compared_on,
            indicator,
            cause,
            'all' as age_group,
            cast(is_above as integer) - cast(was_above as integer) as above,
            cast(is_below as integer) - cast(was_below as integer) as below
        from explained
        where was_below <> is_below or was_above <> is_above
        union all
        -- Those who are of one group on both days, or in it on one of them.
        select
            municipality_code,
            reference_date,
            compared_on,
            indicator,
            cause,
            coalesce(if(is_below, age_group_after, age_group_before), 'unknown') as age_group,
            cast(is_above as integer) - cast(was_above as integer) as above,
            cast(is_below as integer) - cast(was_below as integer) as below
        from explained
        where not is_of_another_age
        {% for cause, group, sign, moment in [
                ("grew_out", "age_group_before", -1, "was_above"),
                ("grew_in", "age_group_after", 1, "is_above"),
            ] -%}
            union all
            -- Those who have grown from one group into another leave the one and come to the other.
            select
                municipality_code,
                reference_date,
                compared_on,
                indicator,
                '{{ cause }}' as cause,
                {{ group }} as age_group,
                {{ sign }} * cast({{ moment }} as integer) as above,
                {{ sign }} as below
            from explained
            where is_of_another_age
        {% endfor %}
    )

select
    municipality_code,
    reference_date,
    compared_on,
    indicator,
    age_group,
    cause,
    cast(count(*) as bigint) as persons,
    cast(sum(above) as bigint) as numerator_change,
    cast(sum(below) as bigint) as denominator_change
from in_groups
group by municipality_code, reference_date, compared_on, indicator, age_group, cause
