-- The areas' coordinators add up to all of them; their persons are no fewer than all, for one of
-- two such coordinators is counted twice.
select
    municipality_code,
    reference_date,
    sum(coordinators) filter (where service_area <> 'all') as coordinators_of_areas,
    max(coordinators) filter (where service_area = 'all') as coordinators_of_all,
    sum(persons) filter (where service_area <> 'all') as persons_of_areas,
    max(persons) filter (where service_area = 'all') as persons_of_all
from {{ ref("departed_coordinator") }}
group by municipality_code, reference_date
having
    coordinators_of_areas is distinct from coordinators_of_all
    or persons_of_areas < persons_of_all
    or persons_of_all is null
