{#-
    Notices of need in the public journal, held against those that were registered, by month: in the days
    that the journal covers (counting rules, 5.5). The journal knows no person, so they are counted, not
    matched.
-#}
with
    entry as (
        select
            municipality_code,
            journaled_on as day,
            -- An answer goes out; what does not say where it goes came in.
            document_kind = 'notice_of_need'
            and coalesce(direction, 'incoming') <> 'outgoing' as is_notice
        from {{ ref("int_journal_entry__row") }}
        where disposition = 'counted'
    ),

    covered as (
        select municipality_code, min(day) as first_day, max(day) as last_day
        from entry
        group by municipality_code
    ),

    counted as (
        select municipality_code, day, 1 as journaled, 0 as registered
        from entry
        where is_notice
        union all
        select notice.municipality_code, notice.received_on, 0, 1
        from {{ ref("int_notice") }} as notice
        inner join
            covered
            on notice.municipality_code = covered.municipality_code
            and notice.received_on between covered.first_day and covered.last_day
    )

select
    municipality_code,
    cast(date_trunc('month', day) as date) as month,
    cast(sum(journaled) as bigint) as journaled,
    cast(sum(registered) as bigint) as registered,
    cast(greatest(sum(journaled) - sum(registered), 0) as bigint) as more_in_journal
from counted
group by municipality_code, date_trunc('month', day)
