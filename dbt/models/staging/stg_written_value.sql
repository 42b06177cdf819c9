{{ config(materialized="table") }}

with
    folded as (
        select *, {{ bare_number("written_folded") }} as number
        from (select *, {{ fold("written") }} as written_folded from {{ ref("stg_written_text") }})
    ),

    word as (
        select distinct field, {{ fold("accepted") }} as written_folded, canonical
        from {{ ref("code_map") }}
        union
        select distinct field, {{ fold("canonical") }} as written_folded, canonical
        from {{ ref("code_map") }}
    ),

    -- How well each code list fits the numbers of a column: how many of them it has.
    fit as (
        select
            folded.source,
            folded.record,
            folded.field,
            listed.code_list,
            count(distinct folded.number) as numbers
        from folded
        inner join
            {{ ref("code_list_values") }} as listed
            on folded.code_list = listed.field
            and folded.number = listed.number
        group by all
    ),

    fitting as (
        select
            folded.source,
            folded.record,
            folded.field,
            folded.written,
            string_agg(fit.code_list, ', ' order by fit.code_list) as code_lists
        from folded
        inner join
            (
                select *
                from fit
                qualify numbers = max(numbers) over (partition by source, record, field)
            ) as fit
            on folded.source = fit.source
            and folded.record = fit.record
            and folded.field = fit.field
        inner join
            {{ ref("code_list_values") }} as listed
            on fit.code_list = listed.code_list
            and folded.code_list = listed.field
            and folded.number = listed.number
        group by all
    ),

    -- The units of that name, of whichever municipality, from day to day.
    unit as (
        select
            written_folded,
            list(
                {
                    'municipality_code':municipality_code,
                    'first_day':first_day,
                    'last_day':last_day,
                    'service_area':service_area
                }
            ) as units
        from {{ ref("stg_unit_name") }}
        group by written_folded
    ),

    meant as (
        select
            folded.source,
            folded.record,
            folded.field,
            folded.written,
            folded.written_folded,
            folded.rows,
            -- What the municipality itself says of its codes goes before the common list. A number
            -- means what the code list says that the source declares, or the field's own.
            coalesce(local_value.canonical, word.canonical, listed.canonical) as canonical,
            local_value.canonical is not null as mapped_locally,
            unit.units
        from folded
        left join
            {{ source("landing", "local_value") }} as local_value
            on folded.source = local_value.source
            and folded.field = local_value.field
            and folded.written_folded = local_value.written_folded
        left join
            word on folded.code_list = word.field and folded.written_folded = word.written_folded
        left join
            {{ source("landing", "declared_code_list") }} as declared
            on folded.source = declared.source
            and folded.field = declared.field
        left join
            {{ ref("code_lists") }} as unless_declared
            on folded.code_list = unless_declared.field
            and unless_declared.unless_declared
        left join
            {{ ref("code_list_values") }} as listed
            on folded.code_list = listed.field
            and folded.number = listed.number
            and coalesce(declared.code_list, unless_declared.code_list) = listed.code_list
        left join
            unit
            on folded.code_list = 'tjenesteomrade'
            and folded.written_folded = unit.written_folded
    )

select meant.*, case when meant.canonical is null then fitting.code_lists end as fitting_code_lists
from meant
left join
    fitting
    on meant.source = fitting.source
    and meant.record = fitting.record
    and meant.field = fitting.field
    and meant.written = fitting.written
