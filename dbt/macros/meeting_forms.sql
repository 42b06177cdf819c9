{#-
    What each way of writing a coordination meeting names it: a form of `meeting_forms`. The words are
    few and the meetings many: each is folded once.
-#}
{% macro called_forms() -%}
    select written.written_as, form.meeting_form
    from
        (
            select distinct written_as
            from {{ ref("int_meeting") }}
            where meeting_type = 'coordination_meeting'
        ) as written
    inner join
        {{ ref("meeting_forms") }} as form
        on {{ fold("written.written_as") }} = {{ fold("form.accepted") }}
{%- endmacro %}
