{#- A year that is projected stays until another delivery tells of it. -#}
with
    staged as not materialized(
        select * exclude (notes), make_date(year, 1, 1) as counted_on
        from {{ ref("stg_projection") }}
    ),

    {{ judged("staged", ["counted_on"], event_date="counted_on", about_persons=false) }}

select *
from judged
