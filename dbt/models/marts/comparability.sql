select
    grade.municipality_code,
    grade.reference_date,
    grade.indicator,
    grade.grade,
    grade.reasons,
    segment.segment,
    grade.missing_records,
    grade.rows_behind,
    grade.rows_quarantined,
    grade.rows_changed,
    grade.quarantined_share,
    grade.changed_share,
    cast(grade.persons_known_by_several as bigint) as persons_known_by_several,
    grade.agreement_share,
    grade.reported_difference
from {{ ref("int_comparability") }} as grade
inner join {{ ref("int_segment") }} as segment using (municipality_code, reference_date, indicator)
