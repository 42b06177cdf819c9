{#-
    Who takes part in meetings, each with a place among the bits of a number: there are many
    meetings, and few ways in which they are attended. A number has room for 62.
-#}
select participant, cast(row_number() over (order by participant) - 1 as integer) as place
from
    (
        select distinct unnest(string_split(participants, ';')) as participant
        from {{ ref("int_meeting__row") }}
        where participants is not null
    )
qualify row_number() over (order by participant) <= 62
