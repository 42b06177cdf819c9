{#-
    Training needs of coordinators, each with the first offer or completion that answers it, whichever
    system tells of it.
-#}
with
    told as (
        select
            municipality_code,
            coordinator_key,
            topic,
            needed_on,
            least(offered_on, completed_on) as offered_on
        from {{ ref("int_training") }}
        where coordinator_key is not null
    )

select
    need.municipality_code,
    need.coordinator_key,
    need.topic,
    need.needed_on,
    need.registrations,
    min(offer.offered_on) as offered_on
from
    (
        select municipality_code, coordinator_key, topic, needed_on, count(*) as registrations
        from told
        where needed_on is not null
        group by municipality_code, coordinator_key, topic, needed_on
    ) as need
left join
    told as offer
    on need.municipality_code = offer.municipality_code
    and need.coordinator_key = offer.coordinator_key
    and need.topic = offer.topic
    and offer.offered_on >= need.needed_on
group by
    need.municipality_code, need.coordinator_key, need.topic, need.needed_on, need.registrations
