with
    found as (
        select *
        from {{ ref("int_finding__row") }}
        union all
        select *
        from {{ ref("int_finding__coordinator") }}
        union all
        select *
        from {{ ref("int_finding__form") }}
        union all
        select *
        from {{ ref("int_finding__plan") }}
        union all
        select *
        from {{ ref("int_finding__meeting") }}
        union all
        select *
        from {{ ref("int_finding__training") }}
    ),

    -- What a row would change on the newest date if it were mended: its person is of the target
    -- group, and without what it registers.
    open as (
        select distinct open.delivery_number, open.row_number, open.what || '_coverage' as changes
        from {{ ref("int_open_registration") }} as open
        inner join {{ ref("int_person_date") }} as person using (person_number)
        inner join
            {{ ref("int_as_of") }} as as_of
            on person.municipality_code = as_of.municipality_code
            and person.reference_date = as_of.as_of
        where
            not case open.what when 'plan' then person.has_plan else person.has_coordinator end
            and coalesce(open.first_day <= person.reference_date, true)
            and coalesce(open.last_day >= person.reference_date, true)
    ),

    -- One rule may touch several rows of a registration: alike in a file, or in several files.
    counted as (
        select
            found.*,
            delivery.source,
            delivery.record,
            delivery.municipality_code,
            delivery.delivery,
            delivery.delivered,
            not (
                delivery.delivery_mode = 'snapshot'
                and delivery.status = 'in_force'
                and delivery.delivery_number < delivery.newest_in_force
            ) as is_current,
            coalesce(first.first_delivered, delivery.delivered) as first_delivered,
            row_number() over (
                partition by found.rule, delivery.source, found.registration, found.column_name
                order by found.delivery_number, found.row_number, found.value
            ) as times
        from found
        inner join
            {{ ref("int_delivery") }} as delivery
            on found.delivery_number = delivery.delivery_number
        left join
            {{ ref("int_first_delivered") }} as first
            on found.source_number = first.source_number
            and found.registration = first.registration
            and found.content_key = first.content_key
    )

select
    md5(
        concat_ws(
            '|',
            counted.rule,
            counted.source,
            counted.registration,
            counted.column_name,
            counted.times
        )
    ) as finding_id,
    counted.rule,
    rule.severity,
    counted.source,
    counted.delivery,
    counted.row_number,
    counted.registration_id,
    counted.person_key,
    -- What a rule ended is seen from the day on which it ends.
    case
        when rule.action = 'closed'
        then greatest(counted.first_delivered, cast(cast(counted.value as date) + 1 as date))
        else counted.first_delivered
    end as first_seen,
    -- What the cell held, masked by landing where it may name a person.
    case
        when counted.column_name is not null or counted.value is not null
        then concat_ws(': ', counted.column_name, counted.value)
    end as detail,
    rule.action,
    counted.record,
    counted.municipality_code,
    counted.delivered,
    counted.column_name,
    counted.is_current,
    case when rule.action = 'quarantined' then open.changes end as changes
from counted
inner join {{ ref("rules") }} as rule on counted.rule = rule.rule
left join
    open on counted.delivery_number = open.delivery_number and counted.row_number = open.row_number
