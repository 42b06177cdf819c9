{#-
    By which way notices come: of the notices of the last year, and of the year before. Systems write
    a way in their own words; words that differ in capitals and accents alone are one.
-#}
select
    municipality_code,
    reference_date,
    min(channel) as channel,
    cast(count(*) filter (where is_of_the_year) as bigint) as notices,
    cast(
        count(*) filter (where is_of_the_year and days_to_answer is not null) as bigint
    ) as assessed,
    cast(count(*) filter (where not is_of_the_year) as bigint) as notices_year_before
from {{ ref("int_notice_date") }}
where is_resident
group by municipality_code, reference_date, {{ fold("channel") }}
