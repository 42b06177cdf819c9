"""Who was there before: registrations that were written over, and what change forms tell (3.8, 3.9)."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tests.oracle.days import DAY, NEVER

if TYPE_CHECKING:
    from tests.oracle.recount import Row


@dataclass(frozen=True)
class Version:
    """What one delivery says of a registration."""

    row: Row
    key: str
    name: str
    role: str
    first: dt.date
    last: dt.date | None
    is_vacant: bool

    def is_another(self, key: str, name: str) -> bool:
        """Whether it names another coordinator than those two do; what is not known is no change."""
        if (self.key and self.key == key) or (self.name and self.name == name):
            return False
        return bool((self.key and key) or (self.name and name))


@dataclass
class _Run:
    """Versions after one another that say the same."""

    versions: list[Version]
    is_another: bool = False
    day: dt.date = NEVER
    by: str | None = None
    is_slip: bool = False

    @property
    def newest(self) -> Version:
        return self.versions[-1]

    @property
    def key(self) -> str:
        return next((v.key for v in reversed(self.versions) if v.key), "")

    @property
    def name(self) -> str:
        return next((v.name for v in reversed(self.versions) if v.name), "")


@dataclass(frozen=True)
class Piece:
    """A registration, or a part of one, with its own days; of whom the register says, or a form."""

    row: Row
    key: str
    first: dt.date
    last: dt.date | None
    withdrawn: dt.date | None
    # Whether its first day is told by the register, so that it may be one of a backlog.
    is_dated: bool = True

    @property
    def until(self) -> dt.date:
        """The last day that the register gives it."""
        return min(self.last or NEVER, self.withdrawn or NEVER)


@dataclass(frozen=True)
class ChangeForm:
    """A form about a change of coordinator."""

    day: dt.date
    old: str
    new: str
    order: tuple[int, int, int]


# Finds the day that something else than deliveries tells of a change: `(before, after)` to the day.
TellsDay = Callable[[Version, Version, Version], tuple[dt.date, str] | None]


def pieces(versions: Sequence[Version], tells: TellsDay, slip_days: int) -> list[Piece]:
    """3.8: return the parts of a registration, or nothing where it stands as it is."""
    runs = _runs(versions)
    if len(runs) < 2:
        return []
    newest = runs[-1].newest
    first = runs[0].newest.first
    runs[0].day = first if newest.is_vacant else min(first, newest.first)
    for before, run in itertools.pairwise(runs):
        _date(before, run, tells)
    for run, after in itertools.pairwise(runs):
        by_deliveries = after.by == "delivery" and run.by in (None, "delivery")
        short = by_deliveries and (after.day - run.day).days < slip_days
        left = after.newest.last
        gone = after.by == "delivery" and left and left < run.newest.row.delivered
        run.is_slip = bool(short or after.day <= run.day or gone)
    parts = _parts(runs)
    if len(parts) < 2:
        return []
    found = []
    for place, (day, by, run) in enumerate(parts):
        if run.newest.is_vacant:
            continue
        ends = [run.newest.last] if run.newest.last else []
        if place + 1 < len(parts):
            ends.append(parts[place + 1][0] - DAY)
        row, last = run.newest.row, min(ends, default=None)
        is_dated = place == 0 or by == "row"
        withdrawn = row.withdrawn if place + 1 == len(parts) else None
        found.append(Piece(row, run.newest.key, day, last, withdrawn, is_dated))
    return found


def _runs(versions: Sequence[Version]) -> list[_Run]:
    runs: list[_Run] = []
    key = name = ""
    for version in versions:
        another = bool(runs) and version.is_another(key, name)
        newest = runs[-1].newest if runs else version
        otherwise = (version.role, version.is_vacant) != (newest.role, newest.is_vacant)
        if not runs or another or otherwise:
            runs.append(_Run([], another))
        runs[-1].versions.append(version)
        key, name = version.key or key, version.name or name
    return runs


def _date(before: _Run, run: _Run, tells: TellsDay) -> None:
    old, new = before.newest, run.newest
    if not new.is_vacant and new.first > old.first:
        run.day, run.by = new.first, "row"
        return
    told = None
    if run.is_another:
        shown = replace(new, key=run.key), replace(old, key=before.key)
        told = tells(shown[1], run.versions[0], shown[0])
    if told:
        run.day, run.by = told
        return
    last = new.last if not new.is_vacant and new.last else NEVER
    run.day, run.by = min(run.versions[0].row.delivered, last), "delivery"


def _parts(runs: list[_Run]) -> list[tuple[dt.date, str | None, _Run]]:
    """Return the runs that are no slips, with the days of the slips before them."""
    kept: list[tuple[dt.date, str | None, _Run]] = []
    slips: list[_Run] = []
    for run in runs:
        slips.append(run)
        if not run.is_slip:
            by = next((each.by for each in slips if each.by), None)
            kept.append((min(each.day for each in slips), by, run))
            slips = []
    parts: list[tuple[dt.date, str | None, _Run]] = []
    before: _Run | None = None
    for day, by, run in kept:
        shown = replace(run.newest, key=run.key, name=run.name)
        if (
            before is None
            or shown.is_another(before.key, before.name)
            or (run.newest.role, run.newest.is_vacant)
            != (before.newest.role, before.newest.is_vacant)
        ):
            parts.append((day, by, run))
        else:
            began, told, _ = parts[-1]
            parts[-1] = (min(began, day), told or by, run)
        before = run
    return parts


@dataclass
class _Weighed:
    form: ChangeForm
    outcome: str
    has_old: bool
    root: int = 0
    owner: str = ""


def by_forms(
    counting: Sequence[Piece], forms: Iterable[ChangeForm], reporting_days: int
) -> list[tuple[Piece, list[Piece]]]:
    """3.9: return the counting pieces that forms divide, each with what comes of it."""
    weighed = _weighed(counting, forms, reporting_days)
    found = []
    for piece in counting:
        mine = [
            each
            for each in weighed
            if each.outcome in ("applied", "overwritten")
            and each.form.day > piece.first
            and (each.form.day - DAY - reporting_days * DAY) <= piece.until
            and (not each.owner or each.owner == piece.key)
        ]
        if mine:
            found.append((piece, _divided(piece, mine)))
    return found


def _weighed(
    counting: Sequence[Piece], forms: Iterable[ChangeForm], reporting_days: int
) -> list[_Weighed]:
    one_of_each: dict[tuple[dt.date, str, str], ChangeForm] = {}
    for form in sorted(forms, key=lambda f: f.order):
        if not (form.old and form.old == form.new):
            one_of_each.setdefault((form.day, form.old, form.new), form)
    ordered = sorted(one_of_each.values(), key=lambda f: (f.day, f.order))

    def may_be_new(piece: Piece, form: ChangeForm) -> bool:
        if piece.key and form.new:
            return piece.key == form.new
        return piece.key != form.old

    def is_near(piece: Piece, form: ChangeForm) -> bool:
        return abs((piece.first - form.day).days) <= reporting_days

    told: list[dt.date | None] = []
    for form in ordered:
        near = [p for p in counting if is_near(p, form) and may_be_new(p, form)]
        closest = min(
            near,
            key=lambda p: (
                not (p.key and p.key == form.new),
                abs((p.first - form.day).days),
                p.first,
            ),
            default=None,
        )
        told.append(closest.first if closest else None)
    weighed: list[_Weighed] = []
    for form, first in zip(ordered, told, strict=True):
        old = [p.first for p in counting if p.key and p.key == form.old]
        new = [p.first for p in counting if p.key and p.key == form.new and p.until >= form.day]
        others = [
            p
            for p in counting
            if is_near(p, form)
            and not may_be_new(p, form)
            and not (p.key and p.key == form.old)
            and p.first not in told
            and (p.first >= form.day or (old and min(old) < p.first))
        ]
        somebody = any(
            p.first < form.day and p.until >= form.day - DAY - reporting_days * DAY
            for p in counting
        )
        new_before = bool(new) and min(new) < form.day
        if first:
            outcome = "told"
        elif new_before and form.old and not old:
            outcome = "overwritten"
        elif new_before or others:
            outcome = "contradicted"
        else:
            outcome = "applied" if somebody else "without_assignment"
        weighed.append(_Weighed(form, outcome, bool(old)))
    for number, each in enumerate(weighed):
        links = [n for n in range(number) if each.form.old and weighed[n].form.new == each.form.old]
        each.root = weighed[links[-1]].root if links else number
        each.owner = each.form.old if each.has_old else weighed[links[-1]].owner if links else ""
    for each in weighed:
        if not each.owner:
            same = [w for w in weighed if w.root == each.root and w.outcome == "overwritten"]
            each.owner = same[-1].form.new if same else ""
    return weighed


def _divided(piece: Piece, mine: list[_Weighed]) -> list[Piece]:
    last_of_day = {each.form.day: each.form.new for each in mine}
    before = mine[0].form.old if any(w.outcome == "overwritten" for w in mine) else piece.key
    turns = [(piece.first, before, before == piece.key)]
    turns += [(day, new, bool(new) and new == piece.key) for day, new in last_of_day.items()]
    found = []
    for place, (first, key, is_own) in enumerate(turns):
        ends = [piece.last] if piece.last and first <= piece.until else []
        if place + 1 < len(turns):
            ends.append(turns[place + 1][0] - DAY)
        row = piece.row
        if not is_own:
            hidden = ("koordinator_id", "koordinator_navn", "koordinator_tjeneste", "samtykke")
            cells = {k: v for k, v in row.cells.items() if k not in hidden}
            row = replace(row, cells={**cells, "koordinator_id": key})
        withdrawn = piece.withdrawn if first <= piece.until else None
        is_dated = piece.is_dated and place == 0
        found.append(Piece(row, key, first, min(ends, default=None), withdrawn, is_dated))
    return found
