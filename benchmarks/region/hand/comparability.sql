-- How far a figure can be compared: the rows behind it, and on whom the systems agree.
create table changed as
select record, delivery_number, row_number,
    min(case when action = 'closed' then cast(cast(value as date) + 1 as date)
        else date '1900-01-01' end) as changed_from
from found inner join reference.rules as rule using (rule)
where action in ('repaired', 'closed')
group by all;

create macro standing_in(asked, rows) as table
select
    asked as record, place = 'quarantined' as is_quarantined,
    case when last_day < first_day then date '1900-01-01'
        else coalesce(first_day, date '1900-01-01') end as first_day,
    case when first_day is null or last_day < first_day then null else last_day end as last_day,
    case when place = 'counted' then changed_from end as changed_from,
    count(*) as rows
from query_table(rows)
left join (select * from changed where record = asked) as changed using (delivery_number, row_number)
where place in ('counted', 'quarantined')
group by all;

create table inhabitant as
select to_number.year, to_number.age, sum(to_number.persons) as persons, count(*) as rows
from (
    select cast(aar as integer) as year, cast(alder as integer) as age, cast(personer as bigint) as persons
    from landing.befolkning where municipality_code = getvariable('code')
) as to_number
group by all;

create table row_step as
with
    standing as (
        from standing_in('tjeneste', 'tjeneste')
        union all from standing_in('koordinator', 'koordinator')
        union all from standing_in('ip', 'ip')
        union all from standing_in('mote', 'mote')
        union all from standing_in('melding', 'melding')
        union all from standing_in('endring', 'endring')
        union all
        select 'befolkning', false, make_date(year, 1, 1), make_date(year, 12, 31), null, sum(rows)
        from inhabitant
        group by year
    ),
    step(record, day, begun, begun_quarantined, begun_changed, ended, ended_quarantined, ended_changed) as (
        select record, first_day, rows, case when is_quarantined then rows else 0 end, 0, 0, 0, 0 from standing
        union all
        select record, cast(last_day + 1 as date), 0, 0, 0, rows, case when is_quarantined then rows
            else 0 end, 0
        from standing where last_day is not null
        union all
        select record, greatest(first_day, changed_from), 0, 0, rows, 0, 0, 0
        from standing where changed_from is not null and coalesce(last_day >= changed_from, true)
        union all
        select record, cast(last_day + 1 as date), 0, 0, 0, 0, 0, rows
        from standing
        where changed_from is not null and last_day >= changed_from
    )
select
    record, day,
    sum(sum(begun)) over so_far as begun, sum(sum(begun_quarantined)) over so_far as begun_quarantined,
    sum(sum(begun_changed)) over so_far as begun_changed, sum(sum(ended)) over so_far as ended,
    sum(sum(ended_quarantined)) over so_far as ended_quarantined,
        sum(sum(ended_changed)) over so_far as ended_changed
from step group by record, day
window so_far as (partition by record order by day);

create table need as
select indicator, unnest(string_split(needs, ';')) as record, looks_back_days from reference.indicators;

create table behind as
select
    reference_date, indicator,
    cast(sum(coalesce(begun.begun, 0) - coalesce(ended.ended, 0)) as bigint) as rows_behind,
    cast(sum(coalesce(begun.begun_quarantined, 0) - coalesce(ended.ended_quarantined, 0)) as bigint) as rows_quarantined,
    cast(sum(coalesce(begun.begun_changed, 0) - coalesce(ended.ended_changed, 0)) as bigint) as rows_changed,
    string_agg(wanted.record, ';' order by wanted.record)
        filter (where coalesce(begun.begun - begun.begun_quarantined, 0) = 0) as missing_records
from (select *, cast(reference_date - looks_back_days as date) as not_before from date_of cross join need) as wanted
asof left join row_step as begun on wanted.record = begun.record and wanted.reference_date >= begun.day
asof left join row_step as ended on wanted.record = ended.record and wanted.not_before >= ended.day
group by reference_date, indicator;

-- Of the persons whom several sources know, and one says has it: of how many all of them say so.
create view said as
select 'koordinator' as record, person, source_number, first_day, coalesce(last_day, far_off()) as until
from closed where role_counts and not is_specialist and not has_no_day
union all
select 'ip', person, source_number, first_day, coalesce(last_day, far_off())
from plan_closed
where not has_no_day
union all
-- That there is no plan is something said, too.
select 'ip', person, source_number, said_on, cast(said_on - 1 as date) from denial;

create table agreement as
with
    by_source as (
        select
            record, person, source_number,
            bit_or(((cast(1 as hugeint) << cast((select count(*) from date_of) as hugeint)) - 1) & ~begins.before) as knows,
            bit_or(case when until >= first_day then ends.before & ~begins.before else 0 end) as says_so
        from said
        inner join day_of as begins on within(first_day) = begins.day
        inner join day_of as ends on within(cast(until + 1 as date)) = ends.day
        group by record, person, source_number
    ),
    by_person as (
        select record, bit_or(knows & before) & bit_or(says_so) as dates,
            dates & ~bit_or(knows & ~says_so) as agreed
        from (
            select *, coalesce(bit_or(knows) over (
                partition by record, person order by source_number rows between unbounded preceding
                    and 1 preceding
            ), 0) as before
            from by_source
        )
        group by record, person having count(*) > 1
    )
select
    record, reference_date,
    sum(persons) as persons, coalesce(sum(persons) filter (where has(agreed, number)), 0) as agreed
from (select record, dates, agreed, count(*) as persons from by_person where dates <> 0 group by all)
inner join date_of on has(dates, number)
group by record, reference_date;

create table series_break as
with
    volume as (
        select
            wanted.record, wanted.reference_date,
                begun.begun - begun.begun_quarantined - coalesce(ended.ended - ended.ended_quarantined,
                0) as rows,
            lag(rows) over in_time as rows_before, lag(wanted.reference_date) over in_time as date_before
        from (
            select record, reference_date,
                cast(reference_date - case when record in ('tjeneste', 'koordinator', 'ip') then 0
                    else 364 end as date) as not_before
            from date_of cross join (select distinct record from need where record <> 'befolkning')
        ) as wanted
        asof inner join row_step as begun on wanted.record = begun.record and wanted.reference_date >= begun.day
        asof left join row_step as ended on wanted.record = ended.record and wanted.not_before >= ended.day
        window in_time as (partition by wanted.record order by wanted.reference_date)
    ),
    newest as (
        select record, source, max(system) as system, max(delivered) as newest,
            max(max(delivered)) over (partition by record) as newest_of_record
        from delivery where municipality_code = getvariable('code') group by record, source
    ),
    found as (
        select first_day_after, kind, indicator, cast(null as text) as record, source, note_nb, note_nn, note_en
        from reference.breaks where coalesce(municipality_code, getvariable('code')) = getvariable('code')
        union all
        select cast(newest + 1 as date), 'system_change', null, record, source, system, system, system
        from newest
        where newest + 180 < newest_of_record
        union all
        select distinct make_date(cast(valid_to_year as integer) + 1, 1, 1), 'border_change', null, null, null,
            null, null, null
        from reference.municipalities
        where valid_to_year is not null and list_contains(string_split(split_into, ' '), getvariable('code'))
        union all
        select make_date(cast(valid_to_year as integer) + 1, 1, 1), 'border_change', null, null, null, null,
            null, null
        from reference.municipalities where valid_to_year is not null and code_2024 = getvariable('code')
        group by valid_to_year having count(*) > 1
        union all
        select cast(date_before + 1 as date), 'volume', null, record, null, note, note, note
        from (select *, cast(rows_before as bigint) || ' → ' || cast(rows as bigint) as note from volume)
        where greatest(rows, rows_before) >= 20 and (rows >= 1.5 * rows_before or rows <= 0.5 * rows_before)
    )
select found.*
from found
where first_day_after > (select min(reference_date) from date_of)
    and first_day_after <= (select max(reference_date) from date_of);

create table segment as
select reference_date, indicator.indicator, cast(count(first_day_after) as integer) as segment
from date_of cross join reference.indicators as indicator
left join (
    select distinct need.indicator, first_day_after
    from series_break inner join need
        on need.indicator = coalesce(series_break.indicator, need.indicator)
            and need.record = coalesce(series_break.record, need.record)
) as breaking on breaking.indicator = indicator.indicator and first_day_after <= reference_date
group by all;

create table comparability as
with
    agreed as (
        select indicator, reference_date, sum(persons) as persons, sum(agreed) as agreed
        from agreement inner join need using (record) group by all
    ),
    measured as (
        select
            behind.*, rows_quarantined / nullif(rows_behind, 0) as quarantined_share,
                rows_changed / nullif(rows_behind, 0) as changed_share,
            persons as persons_known_by_several, agreed / persons as agreement_share
        from behind left join agreed using (indicator, reference_date)
    ),
    graded as (
        select
            reference_date, indicator,
            coalesce(min(grade) filter (where coalesce(quarantined_share <= max_quarantined_share, true)),
                'D') as of_quarantined,
            coalesce(min(grade) filter (where coalesce(changed_share <= max_changed_share, true)),
                'D') as of_changed,
            coalesce(min(grade) filter (where coalesce(agreement_share >= min_agreement, true)),
                'D') as of_agreement
        from measured cross join reference.grades group by all
    )
select
    reference_date, indicator,
    case when missing_records is not null then 'X'
        else greatest(of_quarantined, of_changed, of_agreement) end as grade,
    nullif(concat_ws(
        ';', 'source_missing:' || replace(missing_records, ';', ','),
            'rows_quarantined:' || nullif(of_quarantined, 'A'),
        'rows_changed:' || nullif(of_changed, 'A'), 'systems_disagree:' || nullif(of_agreement, 'A')
    ), '') as reasons,
    segment, missing_records, rows_behind, rows_quarantined, rows_changed, quarantined_share, changed_share,
    cast(persons_known_by_several as bigint) as persons_known_by_several, agreement_share,
        cast(null as double) as reported_difference
from measured
inner join graded using (reference_date, indicator)
inner join segment using (reference_date, indicator);
