"""What goes wrong in registrations: every rule of `seeds/rules.csv`, and more that has no rule yet.

Three kinds, so that the counting rules can find the truth again:

- *edits* of a right registration, which the rules repair (an id without its leading zero, an
  assignment that nobody closed though the person died);
- *copies* of a right registration that lose something (a role nobody knows, a date nobody can
  read): they are held back, and the right one stands beside them;
- *not counted*: registrations of what does not count (a contact nurse, a plan for the school).

One thing goes wrong with a registration at a time. Two rules are left alone: all persons are test
persons and the demo takes them (`synthetic_id_refused`), and none of its deliveries is so poor that
it is held back (`delivery_held`).
"""

from __future__ import annotations

from dagster_project.demo.errors import changes, copies, edits, not_counted
from dagster_project.demo.errors.desk import Desk
from dagster_project.demo.exports.registration import Registration
from dagster_project.demo.world import Town


def inject_errors(town: Town, registrations: dict[str, list[Registration]], seed: int) -> None:
    """Inject errors into the registrations of a municipality; they are by source, and changed."""
    desk = Desk(town, registrations, seed)
    for inject in (
        edits.note_what_is_so,
        edits.leave_open,
        edits.leave_plans_open,
        edits.split,
        edits.call_child_coordinator_early,
        edits.leave_out_coordinator_id,
        edits.mistype_ids,
        edits.use_earlier_ids,
        edits.mistype_births,
        edits.write_what_is_not_listed,
        edits.write_unreadable,
        edits.write_old_codes,
        edits.repeat,
        copies.copy_with_a_flaw,
        not_counted.wait_for_appointment,
        not_counted.register_others,
        not_counted.register_what_has_no_day,
        not_counted.plan_ahead,
        not_counted.double_a_child_coordinator,
        not_counted.register_other_plans,
        not_counted.disagree_on_plans,
        edits.disagree_on_births,
        edits.reopen_plans,
        edits.note_what_is_merged,
        edits.write_unknown_units,
        changes.leave_to_the_form,
        changes.write_over,
    ):
        inject(desk)
