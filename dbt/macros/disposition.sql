{#-
    Where each row read ends (counting rules, sections 1 and 2): counted, superseded, duplicate or
    quarantined, with the reason. Two links of a chain of common table expressions: `identified`
    finds the person of each row, `judged` decides; `placed_rows` is the whole of it.
-#}
{#- The rows of a record type, as its file says what they are (seeds/records/). -#}
{% macro placed_rows(name) -%}
    {% set record = record_types() | selectattr("name", "equalto", name) | first -%}
    with
        staged as not materialized(select * exclude (notes) from {{ ref(record.staging) }}),

        {% if record.about_persons -%}
            {{ identified("staged") }},

            {{
                judged(
                    "identified",
                    record.days,
                    event_date=record.day,
                    told_apart_in="staged",
                )
            }}
        {%- else -%} {{ judged("staged", record.days, event_date=record.day, about_persons=false) }}
        {%- endif %}

    select *
    from judged
{%- endmacro %}

{#- Finds the person of each row: by id, by an earlier id, by name and birth date. -#}
{% macro identified(staged) -%}
    nameable as (
        select
            delivery_number,
            row_number,
            municipality_code,
            unnest(string_split(name_keys, ' ')) as name_key
        from {{ staged }}
        where person_key is null and name_keys is not null
    ),

    -- Exactly one person of the register fits, or none is taken.
    by_name as (
        select
            nameable.delivery_number,
            nameable.row_number,
            min(register_name.person_key) as person_key
        from nameable
        inner join
            {{ ref("int_person__name") }} as register_name
            on nameable.municipality_code = register_name.municipality_code
            and nameable.name_key = register_name.name_key
        group by nameable.delivery_number, nameable.row_number
        having count(distinct register_name.person_key) = 1
    ),

    identified as not materialized(
        select
            staged.* exclude (name_keys) replace (
                coalesce(link.person_key, staged.person_key, by_name.person_key) as person_key
            ),
            link.person_key is not null as linked_by_earlier_id,
            by_name.person_key is not null as found_by_name
        from {{ staged }} as staged
        left join
            {{ ref("int_person__earlier_id") }} as link
            on staged.person_key = link.earlier_person_key
        left join
            by_name
            on staged.delivery_number = by_name.delivery_number
            and staged.row_number = by_name.row_number
    )
{%- endmacro %}

{#- Whether a row is of a snapshot that another has come after. -#}
{% macro is_gone(rows) -%}
    (
        delivery.delivery_mode = 'snapshot'
        and {{ rows }}.delivery_status = 'in_force'
        and {{ rows }}.delivery_number < delivery.newest_in_force
    )
{%- endmacro %}

{#- Whether the newest delivery reaches back to the day of an event. -#}
{% macro is_within_reach(rows, event_date) -%}
    coalesce({{ rows }}.{{ event_date }} >= reach.first_event, true)
{%- endmacro %}

{#-
    relation       the rows, with their persons if they are about any
    days           the columns with the days of a row: of rows with one id in a file, the one with the
                   newest day stands, in whatever order they are written
    event_date     the column with the day of what is registered, where that is no interval: such a
                   registration is withdrawn only by a delivery that reaches back to its day
    about_persons  whether a row without a person is quarantined
    told_apart_in  the same rows as far as they need be known to tell registrations apart

    Most registrations are told of once, or by each snapshot anew: those whose rows must be put in
    order are found by a hash. Rows alike in every column are of one registration.
-#}
{% macro judged(relation, days, event_date=none, about_persons=true, told_apart_in=none) -%}
    {% set registrations = told_apart_in or relation -%}
    {% if event_date -%}
        reach as (
            select told.source_number, min(told.{{ event_date }}) as first_event
            from {{ registrations }} as told
            inner join
                {{ ref("int_delivery") }} as delivery
                on told.delivery_number = delivery.delivery_number
            where
                told.delivery_status = 'in_force'
                and delivery.delivery_number >= delivery.newest_in_force
            group by told.source_number
        ),

        told_in as (
            select
                {{ hash_of(["told.source_number", "told.registration"]) }} as registration_hash,
                told.delivery_number,
                count(*) as times,
                bool_and(
                    {{ is_gone("told") }} and {{ is_within_reach("told", event_date) }}
                ) as is_lost
            from {{ registrations }} as told
            inner join
                {{ ref("int_delivery") }} as delivery
                on told.delivery_number = delivery.delivery_number
            left join reach on told.source_number = reach.source_number
            group by registration_hash, told.delivery_number
        ),

        -- What the newest delivery tells instead needs no order among what came before it.
        told_again as (
            select registration_hash
            from told_in
            group by registration_hash
            having
                max(times) > 1
                or min(case when not is_lost then delivery_number end) < max(delivery_number)
        ),
    {%- else -%}
        told_again as (
            select {{ hash_of(["source_number", "registration"]) }} as registration_hash
            from {{ registrations }}
            group by registration_hash
            having count(*) > 1
        ),
    {%- endif %}

    again as (
        select
            delivery_number,
            row_number,
            source_number,
            delivery_status,
            registration,
            content_key,
            coalesce(greatest({{ days | join(", ") }}), date '-infinity') as newest_day
        from {{ registrations }}
        where
            {{ hash_of(["source_number", "registration"]) }}
            in (select registration_hash from told_again)
    ),

    -- Where the days are the same the content decides: anything but the order of the rows.
    last_in_file as (
        select
            delivery_number,
            registration,
            arg_max(row_number, (newest_day, content_key, row_number)) as last_row
        from again
        group by delivery_number, registration
    ),

    newest as (
        select source_number, delivery_status, registration, max(delivery_number) as newest_delivery
        from again
        group by source_number, delivery_status, registration
        having count(*) > 1
    ),

    alike as (
        select delivery_number, content_key, max(row_number) as last_alike
        from again
        group by delivery_number, content_key
        having count(*) > 1
    ),

    -- The rows that another one of their registration comes after.
    versions as (
        select
            again.delivery_number,
            again.row_number,
            again.row_number <> last_in_file.last_row as superseded_in_file,
            alike.last_alike
        from again
        inner join newest using (source_number, delivery_status, registration)
        inner join last_in_file using (delivery_number, registration)
        left join alike using (delivery_number, content_key)
        where
            again.delivery_number < newest.newest_delivery
            or again.row_number <> last_in_file.last_row
    ),

    placed as not materialized(
        select
            identified.*,
            versions.row_number is not null as is_older,
            coalesce(versions.superseded_in_file, false) as is_older_in_file,
            versions.last_alike,
            delivery.next_delivered,
            {{ is_gone("identified") }} as is_gone,
            {% if event_date -%}
                {{ is_within_reach("identified", event_date) }} as is_lost_when_gone
            {%- else -%}
                -- What is gone keeps the days it had; only a row that nothing names cannot be
                -- followed.
                identified.lacks_key as is_lost_when_gone
            {%- endif %}
        from {{ relation }} as identified
        inner join
            {{ ref("int_delivery") }} as delivery
            on identified.delivery_number = delivery.delivery_number
        left join
            versions
            on identified.delivery_number = versions.delivery_number
            and identified.row_number = versions.row_number
        {% if event_date -%}
            left join reach on identified.source_number = reach.source_number
        {%- endif %}
    ),

    placed_in_one as not materialized(
        select
            *,
            case
                when delivery_status = 'held'
                then 'quarantined'
                when delivery_status = 'replaced'
                then 'superseded'
                when row_number < last_alike
                then 'duplicate'
                when is_older
                then 'superseded'
                when is_gone and is_lost_when_gone
                then 'superseded'
                when problem_rule is not null
                then 'quarantined'
                {% if about_persons -%} when person_key is null then 'quarantined' {%- endif %}
                else 'counted'
            end as disposition
        from placed
    ),

    judged as (
        select
            -- What nobody asks for any more is not written: there are many rows.
            * exclude (
                delivery_status,
                lacks_key,
                is_older,
                is_older_in_file,
                last_alike,
                is_gone,
                is_lost_when_gone,
                next_delivered
            ),
            case
                when disposition <> 'quarantined'
                then null
                when delivery_status = 'held'
                then 'delivery_held'
                else coalesce(problem_rule, 'person_unresolved')
            end as quarantine_rule,
            case when disposition = 'duplicate' then last_alike end as duplicate_of_row,
            disposition = 'superseded' and is_older_in_file as superseded_in_file,
            -- The last day that an open interval of a withdrawn registration can have.
            case
                when is_gone and disposition = 'counted' then cast(next_delivered - 1 as date)
            end as withdrawn_last_day
        from placed_in_one
    )
{%- endmacro %}

{#- A number that is the same for the same values. -#}
{% macro hash_of(columns) -%} hash({{ columns | join(", ") }}) {%- endmacro %}
