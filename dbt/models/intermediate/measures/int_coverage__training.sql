{#-
    Training that coordinators needed, and what of it was offered within half a year, in the 365 days
    that ended half a year before each reference date.
-#}
select
    reference.municipality_code,
    reference.reference_date,
    count(*) as training_need,
    count(*) filter (where need.offered_on <= need.needed_on + 183) as training_offered
from {{ ref("int_reference_date") }} as reference
inner join
    {{ ref("int_training_need") }} as need
    on reference.municipality_code = need.municipality_code
    and need.needed_on {{ within_a_year_until_half_a_year_ago("reference.reference_date") }}
group by reference.municipality_code, reference.reference_date
