select
    municipality_code, first_day_after, kind, indicator, record, source, note_nb, note_nn, note_en
from {{ ref("int_break") }}
