{#- The grade of each municipality, reference date and indicator (counting rules, section 8). -#}
with
    agreement as (
        select
            need.indicator,
            said.municipality_code,
            said.reference_date,
            sum(said.persons) as persons_known_by_several,
            sum(said.agreed) as persons_agreed
        from {{ ref("int_comparability__systems") }} as said
        inner join {{ ref("int_indicator_need") }} as need on said.record = need.record
        group by all
    ),

    -- What units reported last in the year before the date, all of the municipality's together.
    latest_report as (
        select
            reference.municipality_code,
            reference.reference_date,
            report.measure,
            report.record,
            arg_max(report.reported, report.counted_on) as reported,
            arg_max(report.registered, report.counted_on) as registered
        from {{ ref("int_reference_date") }} as reference
        inner join
            {{ ref("int_reported_against_registered") }} as report
            on reference.municipality_code = report.municipality_code
            and report.counted_on
            between reference.reference_date - 364 and reference.reference_date
        where report.service_area = 'all'
        group by all
    ),

    reported as (
        select
            need.indicator,
            report.municipality_code,
            report.reference_date,
            sum(abs(report.reported - report.registered)) / nullif(
                greatest(sum(report.reported), sum(report.registered)), 0
            ) as reported_difference
        from latest_report as report
        inner join {{ ref("int_indicator_need") }} as need on report.record = need.record
        group by all
    ),

    measured as (
        select
            rows.municipality_code,
            rows.reference_date,
            rows.indicator,
            rows.missing_records,
            rows.rows_behind,
            rows.rows_quarantined,
            rows.rows_changed,
            rows.rows_quarantined / nullif(rows.rows_behind, 0) as quarantined_share,
            rows.rows_changed / nullif(rows.rows_behind, 0) as changed_share,
            agreement.persons_known_by_several,
            agreement.persons_agreed,
            agreement.persons_agreed / agreement.persons_known_by_several as agreement_share,
            reported.reported_difference
        from {{ ref("int_comparability__rows") }} as rows
        left join agreement using (municipality_code, reference_date, indicator)
        left join reported using (municipality_code, reference_date, indicator)
    ),

    -- A figure has the best grade all of whose limits it keeps to; what was not measured breaks
    -- none.
    graded as (
        select
            measured.municipality_code,
            measured.reference_date,
            measured.indicator,
            {% for criterion, kept in [
                (
                    "rows_quarantined",
                    "coalesce(measured.quarantined_share <= grade.max_quarantined_share, true)",
                ),
                (
                    "rows_changed",
                    "coalesce(measured.changed_share <= grade.max_changed_share, true)",
                ),
                (
                    "systems_disagree",
                    "coalesce(measured.agreement_share >= grade.min_agreement, true)",
                ),
                (
                    "reported_differs",
                    "coalesce(measured.reported_difference <= grade.max_reported_difference, true)",
                ),
            ] -%}
                coalesce(min(grade.grade) filter (where {{ kept }}), 'D') as {{ criterion }}
                {%- if not loop.last %},{% endif %}
            {% endfor %}
        from measured
        cross join {{ ref("grades") }} as grade
        group by measured.municipality_code, measured.reference_date, measured.indicator
    )

select
    measured.*,
    case
        when measured.missing_records is not null
        then 'X'
        else
            greatest(
                graded.rows_quarantined,
                graded.rows_changed,
                graded.systems_disagree,
                graded.reported_differs
            )
    end as grade,
    -- What keeps the figure from an A, each with the grade that it would give.
    nullif(
        concat_ws(
            ';',
            'source_missing:' || replace(measured.missing_records, ';', ','),
            'rows_quarantined:' || nullif(graded.rows_quarantined, 'A'),
            'rows_changed:' || nullif(graded.rows_changed, 'A'),
            'systems_disagree:' || nullif(graded.systems_disagree, 'A'),
            'reported_differs:' || nullif(graded.reported_differs, 'A')
        ),
        ''
    ) as reasons
from measured
inner join graded using (municipality_code, reference_date, indicator)
