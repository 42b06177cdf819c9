{#-
    The times of which a municipality's own registrations are of a larger area: that of the municipality
    that it was a part of and goes on as (counting rules, 2.6). What it delivered by then was of that
    area; so is what names it in a later delivery.
-#}
with
    former as (
        select
            municipality_code as former_code,
            code_2024 as municipality_code,
            make_date(valid_from_year, 1, 1) as first_day,
            make_date(valid_to_year, 12, 31) as last_day
        from {{ ref("municipalities") }}
        where split_into is not null and code_2024 is not null
    )

select
    former.municipality_code,
    former.former_code,
    former.first_day,
    max(
        case
            when registration.municipality_was = former.former_code
            then former.last_day
            else registration.delivered
        end
    ) as last_day
from former
inner join
    {{ ref("int_coordinator__row") }} as registration
    on former.municipality_code = registration.municipality_code
    and (
        registration.municipality_was = former.former_code
        or registration.delivered between former.first_day and former.last_day
    )
where registration.disposition <> 'quarantined'
group by former.municipality_code, former.former_code, former.first_day
