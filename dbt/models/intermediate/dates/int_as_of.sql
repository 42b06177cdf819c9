{#-
    The day that each municipality is counted up to: the one the run was asked for, else that of the
    newest delivery that tells of it. Statistics of the population tell of the whole country, and
    move nobody. A snapshot that leaves out everybody of a municipality tells of it once more: that
    they are gone. A delivery without a row of anybody tells of the municipality whose source it is.
    A municipality that nothing has been delivered of has no such day.
-#}
select
    held.municipality_code,
    coalesce(
        (select max(as_of) from {{ source("landing", "run") }}),
        max(
            case
                when delivery.delivery_mode = 'snapshot'
                then coalesce(delivery.next_delivered, delivery.delivered)
                else delivery.delivered
            end
        )
    ) as as_of
from {{ ref("int_delivery") }} as delivery
left join
    {{ source("landing", "delivery_municipality") }} as told
    on delivery.delivery_number = told.delivery_number
inner join
    {{ ref("int_municipality") }} as held
    on held.municipality_code = coalesce(told.municipality_code, delivery.municipality_code)
where delivery.status = 'in_force' and delivery.record not in ('befolkning', 'framskriving')
group by held.municipality_code
