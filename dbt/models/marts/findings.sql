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
    counted.column_name
from counted
inner join {{ ref("rules") }} as rule on counted.rule = rule.rule
