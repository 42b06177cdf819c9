-- Rows read = counted + superseded + duplicate + quarantined, for every delivery (rule 1.4).
select *
from {{ ref("reconciliation") }}
where
    status in ('in_force', 'replaced', 'held')
    and rows_read <> rows_counted + rows_superseded + rows_duplicate + rows_quarantined
