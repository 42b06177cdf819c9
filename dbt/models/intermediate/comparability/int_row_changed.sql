{#-
    The rows that a rule changed, repaired or ended, and the first day on which that shows. What a
    rule merely joined with another row of the same meaning says what it said.
-#}
with
    found as (
        select delivery_number, row_number, rule, value
        from {{ ref("int_finding__row") }}
        union all
        select delivery_number, row_number, rule, value
        from {{ ref("int_finding__coordinator") }}
        union all
        select delivery_number, row_number, rule, value
        from {{ ref("int_finding__plan") }}
    )

select
    found.delivery_number,
    found.row_number,
    min(
        case
            when rule.action = 'closed'
            then cast(cast(found.value as date) + 1 as date)
            else date '1900-01-01'
        end
    ) as changed_from
from found
inner join {{ ref("rules") }} as rule on found.rule = rule.rule
where rule.action in ('repaired', 'closed')
group by found.delivery_number, found.row_number
