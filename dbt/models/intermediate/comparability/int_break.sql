{#-
    The ledger of breaks (counting rules, section 8): what people have written in it, and what shows
    in the deliveries, in the list of municipalities and in the volumes.
-#}
{#- So few rows double or halve by chance. -#}
{% set smallest_volume = 20 %}
{#- A source that has been silent so many days longer than another has been left. -#}
{% set silence = 180 %}

with
    span as (
        select
            municipality_code, min(reference_date) as first_date, max(reference_date) as last_date
        from {{ ref("int_reference_date") }}
        group by municipality_code
    ),

    written as (
        select
            span.municipality_code,
            ledger.first_day_after,
            ledger.kind,
            ledger.indicator,
            origin.record,
            ledger.source,
            ledger.note_nb,
            ledger.note_nn,
            ledger.note_en
        from
            (
                select
                    municipality_code,
                    source,
                    first_day_after,
                    kind,
                    indicator,
                    note_nb,
                    note_nn,
                    note_en
                from {{ ref("breaks") }}
                union all
                -- What an installation adds is told in its own words.
                select municipality_code, source, first_day_after, kind, indicator, note, note, note
                from {{ source("landing", "break") }}
            ) as ledger
        inner join
            span
            on span.municipality_code = coalesce(ledger.municipality_code, span.municipality_code)
        left join {{ source("landing", "source") }} as origin on ledger.source = origin.source
    ),

    newest as (
        select
            municipality_code,
            record,
            source,
            max(system) as system,
            max(delivered) as newest,
            max(max(delivered)) over (partition by municipality_code, record) as newest_of_record
        from {{ ref("int_delivery") }}
        where status = 'in_force'
        group by municipality_code, record, source
    ),

    system_change as (
        select municipality_code, newest + 1 as first_day_after, record, source, system
        from newest
        where newest + {{ silence }} < newest_of_record
    ),

    -- A municipality that was made of several, or of a part of one, is another than before.
    border_change as (
        select code_2024 as municipality_code, make_date(valid_to_year + 1, 1, 1) as first_day_after
        from {{ ref("municipalities") }}
        where valid_to_year is not null and code_2024 is not null
        group by code_2024, valid_to_year
        having count(*) > 1
        union
        select
            unnest(string_split(split_into, ' ')) as municipality_code,
            make_date(valid_to_year + 1, 1, 1) as first_day_after
        from {{ ref("municipalities") }}
        where split_into is not null and valid_to_year is not null
    ),

    wanted as (
        select
            reference.municipality_code,
            reference.reference_date,
            need.record,
            cast(
                reference.reference_date - case
                    when need.record in ('tjeneste', 'koordinator', 'ip') then 0 else 364
                end as date
            ) as not_before
        from {{ ref("int_reference_date") }} as reference
        cross join (select distinct record from {{ ref("int_indicator_need") }}) as need
        -- A day of the municipality's own would cut a month in two.
        where need.record <> 'befolkning' and not reference.is_own
    ),

    begun as (
        select wanted.*, step.begun - step.begun_quarantined as begun
        from wanted
        asof inner join
            {{ ref("int_row_step") }} as step
            on wanted.municipality_code = step.municipality_code
            and wanted.record = step.record
            and wanted.reference_date >= step.day
    ),

    volume as (
        select
            begun.municipality_code,
            begun.record,
            begun.reference_date,
            begun.begun - coalesce(step.ended - step.ended_quarantined, 0) as rows
        from begun
        asof left join
            {{ ref("int_row_step") }} as step
            on begun.municipality_code = step.municipality_code
            and begun.record = step.record
            and begun.not_before >= step.day
    ),

    volume_change as (
        select
            *,
            lag(rows) over in_time as rows_before,
            lag(reference_date) over in_time as date_before
        from volume
        window in_time as (partition by municipality_code, record order by reference_date)
    ),

    found as (
        select *
        from written
        union all
        select
            municipality_code,
            first_day_after,
            'system_change' as kind,
            null as indicator,
            record,
            source,
            system as note_nb,
            system as note_nn,
            system as note_en
        from system_change
        union all
        select
            municipality_code, first_day_after, 'border_change', null, null, null, null, null, null
        from border_change
        union all
        select
            municipality_code,
            date_before + 1,
            'volume',
            null,
            record,
            null,
            rows_before || ' → ' || rows,
            rows_before || ' → ' || rows,
            rows_before || ' → ' || rows
        from volume_change
        where
            greatest(rows, rows_before) >= {{ smallest_volume }}
            and (rows >= 1.5 * rows_before or rows <= 0.5 * rows_before)
    )

select
    found.municipality_code,
    cast(found.first_day_after as date) as first_day_after,
    found.kind,
    found.indicator,
    found.record,
    found.source,
    found.note_nb,
    found.note_nn,
    found.note_en
from found
inner join span on found.municipality_code = span.municipality_code
-- What came before everything that is counted, or comes after it, breaks nothing.
where found.first_day_after > span.first_date and found.first_day_after <= span.last_date
