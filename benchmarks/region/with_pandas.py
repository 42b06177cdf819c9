"""The same cleaning in pandas: a file at a time, with words as numbers as soon as they are read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from benchmarks.region.common import Landed, read_landed
from benchmarks.region.counting import FAR_OFF, LONG_AGO, RIGHT_CAME, Clean, write_figures
from dagster_project.config.paths import Home

_FEW = ["municipality_code", "person_key"]
# What every file is asked for, beside the columns of its record type.
_OF_ROWS = ["row_number", "municipality_code", "person_key", "person_id_birth_date", "name_keys"]
# A day that nobody knows, greater than any other.
_NO_DAY = np.iinfo(np.int32).max


def _day(cells: pd.Series[Any]) -> pd.Series[Any]:
    """Return days as numbers since 1970; what cannot be read is no day."""
    codes, words = pd.factorize(cells)
    days = pd.to_datetime(pd.Series(words), format="%Y-%m-%d", errors="coerce")
    numbers = days.to_numpy().astype("datetime64[D]").astype(np.int64)
    known = np.append(np.where(days.isna(), _NO_DAY, numbers), _NO_DAY).astype(np.int32)
    return pd.Series(known[codes], index=cells.index)


def _min(*days: pd.Series[Any] | int) -> pd.Series[Any]:
    first, *rest = days
    for other in rest:
        first = np.minimum(first, other)
    return first


def _after(days: pd.Series[Any], distance: int) -> pd.Series[Any]:
    """Return a day so many days later; no day stays none."""
    return days.where(days == _NO_DAY, days + distance)


@dataclass(frozen=True)
class _Record:
    """A record type: the cells it needs, the columns made of them, and which rows count."""

    cells: list[str]
    columns: Callable[[pd.DataFrame], dict[str, pd.Series[Any]]]
    counts: Callable[[pd.DataFrame], pd.Series[Any]]
    event: str | None = None


def _in_order(rows: pd.DataFrame) -> pd.Series[Any]:
    return (rows.first_day != _NO_DAY) & (rows.last_day >= rows.first_day)


def _plan_counts(rows: pd.DataFrame) -> pd.Series[Any]:
    is_plan = (rows.plan_type == "individual_plan") & rows.plan_status.isin(["active", "closed"])
    wrong = (rows.first_day == _NO_DAY) | (rows.closed < rows.first_day)
    return rows.plan_type.notna() & rows.plan_status.notna() & ~(is_plan & wrong)


def _records(landed: Landed) -> dict[str, _Record]:
    meanings = landed.meanings

    def means(rows: pd.DataFrame, column: str, empty: str | None = None) -> pd.Series[Any]:
        code_field = {"koordinator_tjeneste": "tjenesteomrade"}.get(column, column)
        codes, words = pd.factorize(rows[column])
        found = np.array([*(meanings[code_field].get(word) for word in words), empty], dtype=object)
        return pd.Series(found[codes], index=rows.index).astype("category")

    def has_gp(rows: pd.DataFrame) -> pd.Series[Any]:
        codes, ways = pd.factorize(rows.deltakere)
        found = np.array([*("gp" in way.split(";") for way in ways), False], dtype=bool)
        return pd.Series(found[codes], index=rows.index)

    return {
        "koordinator": _Record(
            [
                "fodselsdato",
                "rolle",
                "koordinator_tjeneste",
                "koordinator_key",
                "fra_dato",
                "til_dato",
            ],
            lambda rows: {
                "told_birth": _day(rows.fodselsdato),
                "role": means(rows, "rolle"),
                "area": means(rows, "koordinator_tjeneste"),
                "coordinator": rows.koordinator_key,
                "first_day": _day(rows.fra_dato),
                "last_day": _day(rows.til_dato),
            },
            lambda rows: rows.role.notna() & _in_order(rows),
        ),
        "ip": _Record(
            [
                "fodselsdato",
                "status",
                "plantype",
                "opprettet_dato",
                "avsluttet_dato",
                "sist_evaluert_dato",
            ],
            lambda rows: {
                "told_birth": _day(rows.fodselsdato),
                "plan_status": means(rows, "status", "unknown"),
                "plan_type": means(rows, "plantype", "individual_plan"),
                "first_day": _day(rows.opprettet_dato),
                "closed": _day(rows.avsluttet_dato),
                "evaluated": _day(rows.sist_evaluert_dato),
            },
            _plan_counts,
        ),
        "tjeneste": _Record(
            ["tjenesteomrade", "fra_dato", "til_dato"],
            lambda rows: {
                "area": means(rows, "tjenesteomrade"),
                "first_day": _day(rows.fra_dato),
                "last_day": _day(rows.til_dato),
            },
            lambda rows: rows.area.notna() & _in_order(rows),
        ),
        "endring": _Record(
            ["endringsdato", "endringstype"],
            lambda rows: {
                "first_day": _day(rows.endringsdato),
                "change": means(rows, "endringstype"),
            },
            lambda rows: rows.change.notna() & (rows.first_day != _NO_DAY),
            "endringsdato",
        ),
        "melding": _Record(
            ["mottatt_dato", "vurdert_dato"],
            lambda rows: {
                "first_day": _day(rows.mottatt_dato),
                "last_day": _day(rows.vurdert_dato),
            },
            _in_order,
            "mottatt_dato",
        ),
        "mote": _Record(
            ["motedato", "motetype", "deltakere"],
            lambda rows: {
                "first_day": _day(rows.motedato),
                "meeting_type": means(rows, "motetype"),
                "has_gp": has_gp(rows),
            },
            lambda rows: rows.meeting_type.notna() & (rows.first_day <= rows.delivered),
            "motedato",
        ),
    }


class _Reader:
    """Reads the files of one record type, and knows which of their rows are the newest versions."""

    def __init__(self, landed: Landed, name: str, record: _Record) -> None:
        self._record = record
        deliveries = landed.deliveries.to_pandas().set_index(["source", "delivery_key"])
        self._files = [
            (path, deliveries.loc[path.parent.name, path.stem]) for path in landed.files(name)
        ]
        self._first_event = self._reach()
        self._older = self._find_older()

    def _reach(self) -> Mapping[int, int]:
        """Return the first event that the newest delivery of each source tells of."""
        if not self._record.event:
            return {}
        return {
            delivery.source_number: _day(self._read(path, [self._record.event]).iloc[:, 0]).min()
            for path, delivery in self._files
            if delivery.delivery_number == delivery.newest
        }

    @staticmethod
    def _read(path: Path, columns: list[str]) -> pd.DataFrame:
        frame: pd.DataFrame = pq.read_table(path, columns=columns).to_pandas(
            strings_to_categorical=False
        )
        return frame

    def _standing(self, rows: pd.DataFrame, delivery: Any) -> pd.Series[Any]:
        """Return which rows a later register has not taken back."""
        if not (self._record.event and self._is_gone(delivery)):
            return pd.Series(True, index=rows.index)
        return _day(rows[self._record.event]) < self._first_event[delivery.source_number]

    @staticmethod
    def _is_gone(delivery: Any) -> bool:
        return bool(delivery.is_snapshot and delivery.delivery_number < delivery.newest)

    def _find_older(self) -> Mapping[int, np.ndarray[Any, Any]]:
        """Return, by delivery, the rows that another one of their registration comes after."""
        wanted = ["registration_key", "row_number"] + (
            [self._record.event] if self._record.event else []
        )
        hashes = []
        for path, delivery in self._files:
            rows = self._read(path, wanted)
            standing = rows[self._standing(rows, delivery)]
            hashes.append(self._hash(standing, delivery))
        # Few registrations come more than once, and those are found by a hash.
        found = np.sort(np.concatenate(hashes))
        twice = np.unique(found[1:][found[1:] == found[:-1]])
        del hashes, found
        again = []
        for path, delivery in self._files:
            rows = self._read(path, wanted)
            standing = rows[self._standing(rows, delivery)]
            some = standing[np.isin(self._hash(standing, delivery), twice)]
            again.append(
                pd.DataFrame(
                    {
                        "source_number": delivery.source_number,
                        "registration_key": some.registration_key,
                        "delivery_number": delivery.delivery_number,
                        "row_number": some.row_number.astype(np.int64),
                    }
                )
            )
        all_again = pd.concat(again).sort_values(["delivery_number", "row_number"])
        older = all_again[all_again.duplicated(["source_number", "registration_key"], keep="last")]
        return {
            int(number): rows.row_number.to_numpy()
            for number, rows in older.groupby("delivery_number")
        }

    @staticmethod
    def _hash(rows: pd.DataFrame, delivery: Any) -> np.ndarray[Any, Any]:
        keys = pd.util.hash_array(rows.registration_key.to_numpy(dtype=object), categorize=False)
        return keys ^ np.uint64(int(delivery.source_number) * 0x9E3779B97F4A7C15 % 2**64)

    def rows(self, link: pd.Series[Any], named: pd.Series[Any]) -> pd.DataFrame:
        """Return the rows that count."""
        files = [self._of_file(path, delivery, link, named) for path, delivery in self._files]
        # A register that another one has taken the place of adds nothing but columns of no type.
        return pd.concat([rows for rows in files if len(rows)], ignore_index=True)

    def _of_file(
        self, path: Path, delivery: Any, link: pd.Series[Any], named: pd.Series[Any]
    ) -> pd.DataFrame:
        read = self._read(path, [*_OF_ROWS, *self._record.cells])
        number = read.row_number.astype(np.int64)
        older = self._older.get(int(delivery.delivery_number), np.array([], dtype=np.int64))
        read = read[
            self._standing(read, delivery)
            & ~np.isin(number, older)
            & read.municipality_code.notna()
        ]
        if read.empty:
            return read
        rows = pd.DataFrame(self._record.columns(read), index=read.index)
        rows["delivered"] = delivery.delivered
        rows["place"] = int(delivery.delivery_number) * 2**32 + number
        rows["withdrawn_last_day"] = (
            int(delivery.next_delivered) - 1 if self._is_gone(delivery) else _NO_DAY
        )
        rows["id_birth"] = _day(read.person_id_birth_date)
        rows["municipality_code"] = read.municipality_code.astype("category")
        key = read.person_key
        key = key.map(link).fillna(key) if len(link) else key
        by_name = read.name_keys[key.isna()].map(named)
        rows["person_key"] = key.fillna(by_name)
        return rows[self._record.counts(rows) & rows.person_key.notna()]


def _persons(register: pd.DataFrame, rows: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Number everybody whom the register or a registration knows."""
    born = _day(register.fodselsdato)
    known = pd.DataFrame(
        {
            "municipality_code": register.municipality_code,
            "person_key": register.person_key,
            "birth": born.where(born != _NO_DAY, _day(register.person_id_birth_date)),
            "moved_in": _day(register.innflyttet_dato),
            "moved_out": _day(register.utflyttet_dato),
            "died": _day(register.dod_dato),
        }
    )
    known["municipality_code"] = known.municipality_code.astype(str)
    unregistered = []
    for table in rows.values():
        unknown = table[~table.person_key.isin(register.person_key)]
        birth = unknown["told_birth"] if "told_birth" in table else _NO_DAY
        unregistered.append(
            unknown[[*_FEW, "id_birth", "first_day"]].assign(
                told_birth=birth, municipality_code=unknown.municipality_code.astype(str)
            )
        )
    made = (
        pd.concat(unregistered)
        .groupby(_FEW, as_index=False)
        .agg(
            id_birth=("id_birth", "min"),
            told_birth=("told_birth", "min"),
            moved_in=("first_day", "min"),
        )
    )
    made["birth"] = made.id_birth.where(made.id_birth != _NO_DAY, made.told_birth)
    made["moved_out"] = made["died"] = _NO_DAY
    persons = pd.concat([known, made[known.columns]]).sort_values(
        "municipality_code", kind="stable", ignore_index=True
    )
    persons["person"] = np.arange(len(persons), dtype=np.int32)
    is_in = persons.moved_in != _NO_DAY
    # A form tells what the register does not.
    forms = rows["endring"]
    by_form = {
        change: forms[forms.change == change].groupby("person_key").first_day
        for change in ("moved", "died")
    }
    moved = persons.person_key.map(by_form["moved"].max()).fillna(_NO_DAY).astype(np.int32)
    moved = moved.where(~is_in | (moved > persons.moved_in), _NO_DAY)
    persons["moved_out"] = persons.moved_out.where(persons.moved_out != _NO_DAY, moved)
    died = persons.person_key.map(by_form["died"].min()).fillna(_NO_DAY).astype(np.int32)
    persons["died"] = persons.died.where(persons.died != _NO_DAY, died)
    # A day out that lies before the day in ended an earlier stay.
    persons["has_returned"] = is_in & (persons.moved_in > persons.moved_out)
    leaves = persons.moved_out.where(~persons.has_returned, _NO_DAY)
    persons["last_resident_day"] = _min(_after(persons.died, -1), _after(leaves, -1))
    return persons


def _before_move(rows: pd.DataFrame) -> pd.Series[Any]:
    stays = rows.has_returned & (rows.first_day >= rows.moved_in)
    return _after(rows.moved_out.where(~stays, _NO_DAY), -1)


def _ended_by(rows: pd.DataFrame, forms: pd.DataFrame, changes: list[str]) -> pd.DataFrame:
    """Add the day before the first form that ends a registration."""
    ending = forms.loc[forms.change.isin(changes), ["person", "first_day"]]
    both = rows[["place", "person", "first_day"]].merge(ending, on="person", suffixes=("", "_form"))
    both = both[both.first_day_form > both.first_day]
    first = both.groupby("place").first_day_form.min() - 1
    return rows.assign(before_form=rows.place.map(first).fillna(_NO_DAY).astype(np.int64))


def _turns_18(birth: pd.Series[Any]) -> pd.Series[Any]:
    known = birth != _NO_DAY
    days = pd.to_datetime(birth.where(known, 0), unit="D")
    leap = (days.dt.month == 2) & (days.dt.day == 29)
    turned = (days + pd.to_timedelta(leap.astype(int), unit="D")) + pd.DateOffset(years=18)
    numbers = turned.to_numpy().astype("datetime64[D]").astype(np.int64)
    return pd.Series(np.where(known, numbers, _NO_DAY), index=birth.index)


_SAME = ["person", "role", "coordinator"]


def _islands(spells: pd.DataFrame, same: list[str]) -> pd.DataFrame:
    """Number the stretches of those that are the same and lie near one another.

    Plans, and those of a known coordinator, may lie 30 days apart; of one that nobody names, they
    overlap.
    """
    group = spells.groupby(same, dropna=False).ngroup()
    spells = spells.assign(group=group).sort_values(
        ["group", "first_day", "spell"], ignore_index=True
    )
    reached = spells.groupby("group").until.cummax().groupby(spells.group).shift(1)
    apart = np.where(spells.coordinator.isna(), 0, 30) if "coordinator" in spells else 30
    begins = reached.isna() | (spells.first_day - reached > apart)
    return spells.assign(island=begins.cumsum()).drop(columns="group")


def _joined(islands: pd.DataFrame) -> pd.DataFrame:
    """Return each island as one; its role is that of the first."""
    return islands.groupby("island", as_index=False).agg(
        person=("person", "first"),
        role=("role", "first"),
        coordinator=("coordinator", "first"),
        first_day=("first_day", "min"),
        until=("until", "max"),
        spell=("spell", "min"),
    )


def _hosts(loose: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """Return by `spell` the role and the coordinator of the assignment that a loose one joins."""
    found = loose.merge(_joined(_islands(known, _SAME)), on="person", suffixes=("", "_host"))
    found = found[(found.first_day <= found.until_host) & (found.first_day_host <= found.until)]
    return (
        found.assign(differs=found.role_host != found.role)
        .sort_values(["differs", "first_day_host", "spell_host"])
        .drop_duplicates("spell")
        .set_index("spell")[["role_host", "coordinator_host"]]
    )


def _hosted(spells: pd.DataFrame) -> pd.DataFrame:
    """Return the spells with the role and the coordinator that they count under, in islands."""
    named, nameless = spells[spells.coordinator.notna()], spells[spells.coordinator.isna()]
    # Those without a coordinator that overlap one another join together.
    members = _islands(nameless, ["person"])
    loose = _joined(members)
    near = named[named.person.isin(loose.person)]
    first = _hosts(loose, near)
    # What found a host may have closed a gap, and so be the host of what lies in the gap.
    is_first = loose.spell.isin(first.index)
    closing = loose[is_first]
    closing = closing.assign(
        role=closing.spell.map(first.role_host),
        coordinator=closing.spell.map(first.coordinator_host),
    )
    hosts = pd.concat([first, _hosts(loose[~is_first], pd.concat([near, closing]))])
    loose["role"] = loose.spell.map(hosts.role_host).fillna(loose.role)
    loose["coordinator"] = loose.spell.map(hosts.coordinator_host)
    of_group = loose.set_index("island")
    joined = members.assign(
        role=members.island.map(of_group.role),
        coordinator=members.island.map(of_group.coordinator),
    )
    return _islands(pd.concat([named, joined]), _SAME)


def _assign(
    rows: pd.DataFrame, persons: pd.DataFrame, forms: pd.DataFrame, employees: pd.DataFrame
) -> pd.DataFrame:
    """Return the assignments: one counting coordinator at a time."""
    area = rows.area.astype(object).fillna(rows.coordinator.map(employees.area))
    counting = rows[rows.role.isin(["coordinator", "child_coordinator"]) & (area != "specialist")]
    closed = _ended_by(counting, forms, ["declined_coordinator", "coordinator_ended"])
    closed = closed.merge(persons, on="person")
    is_child = closed.role == "child_coordinator"
    closed["until"] = _min(
        closed.last_day,
        closed.withdrawn_last_day,
        _after(closed.died, -1),
        _before_move(closed),
        closed.before_form,
        closed.coordinator.map(employees.last_day).fillna(_NO_DAY).astype(np.int64),
        _after(_turns_18(closed.birth), -1).where(is_child, _NO_DAY),
        FAR_OFF,
    )
    closed = closed.loc[
        closed.until >= closed.first_day,
        ["place", "person", "role", "coordinator", "first_day", "until"],
    ]
    closed["role"] = closed.role.astype(str)
    early = (closed.role == "child_coordinator") & (closed.first_day < RIGHT_CAME)
    before = closed.assign(
        role=closed.role.where(~early, "coordinator"),
        until=closed.until.where(~early, np.minimum(closed.until, RIGHT_CAME - 1)),
    )
    since = closed[early & (closed.until >= RIGHT_CAME)].assign(first_day=RIGHT_CAME)
    spells = pd.concat([before, since]).sort_values(["place", "first_day"], ignore_index=True)
    spells["spell"] = spells.index
    joined = _joined(_hosted(spells))
    joined["is_ordinary"] = joined.role != "child_coordinator"
    ordered = joined.sort_values(["first_day", "is_ordinary", "until", "spell"])
    ordered["next_first_day"] = ordered.groupby("person").first_day.shift(-1)
    ordered = ordered.sort_values(["first_day", "until", "spell"])
    ordered["next_of_kind"] = ordered.groupby(["person", "is_ordinary"]).first_day.shift(-1)
    following = ordered.next_first_day.where(ordered.is_ordinary, ordered.next_of_kind)
    ordered["last_day"] = np.minimum(
        ordered.until, (following - 1).fillna(FAR_OFF).astype(np.int64)
    )
    child = ordered.loc[~ordered.is_ordinary, ["person", "first_day", "last_day"]]
    waits = ordered[ordered.is_ordinary].merge(child, on="person", suffixes=("", "_child"))
    waits = waits[waits.first_day.between(waits.first_day_child, waits.last_day_child)]
    begins = waits.set_index("spell").last_day_child + 1
    ordered["first_day"] = ordered.spell.map(begins).fillna(ordered.first_day).astype(np.int64)
    return ordered.loc[ordered.first_day <= ordered.last_day, ["person", "first_day", "last_day"]]


def _plan(rows: pd.DataFrame, persons: pd.DataFrame, forms: pd.DataFrame) -> pd.DataFrame:
    is_closed = rows.plan_status == "closed"
    no_end = is_closed & (rows.closed == _NO_DAY) & (rows.evaluated == _NO_DAY)
    plans = rows[
        (rows.plan_type == "individual_plan")
        & rows.plan_status.isin(["active", "closed"])
        & ~no_end
    ]
    plans = _ended_by(plans, forms, ["declined_plan", "plan_ended"]).merge(persons, on="person")
    evaluated = plans.evaluated.where(plans.plan_status == "closed", _NO_DAY)
    plans["until"] = _min(
        _after(plans.closed, -1).where(plans.closed != _NO_DAY, evaluated),
        _after(plans.died, -1),
        _before_move(plans),
        plans.before_form,
        plans.withdrawn_last_day,
        FAR_OFF,
    )
    plans = plans.loc[plans.until >= plans.first_day].reset_index(drop=True)
    return (
        _islands(plans.assign(spell=plans.index), ["person"])
        .groupby("island")
        .agg(person=("person", "first"), first_day=("first_day", "min"), last_day=("until", "max"))
    )


def run(home: Home, result: Path, as_of: dt.date) -> None:
    """Write the figures of a home whose warehouse has begun to the file `result`."""
    landed = read_landed(home)
    register = pd.concat([pd.read_parquet(path) for path in landed.files("person")])
    linked = register[register.earlier_person_key.notna()]
    link = linked.set_index("earlier_person_key").person_key
    # Where the name key holds the municipality's persons only, it says whose it is by itself.
    named = register.drop_duplicates("name_keys", keep=False).set_index("name_keys").person_key
    rows = {
        name: _Reader(landed, name, record).rows(link, named)
        for name, record in _records(landed).items()
    }
    persons = _persons(register, rows)
    # No two municipalities give a person the same key.
    number = persons.set_index("person_key").person
    for table in rows.values():
        table["person"] = table.pop("person_key").map(number).astype(np.int32)
    employees = pd.concat([pd.read_parquet(path) for path in landed.files("ansatt")])
    employees["last_day"] = _day(employees.ansatt_til)
    employees["area"] = employees.tjenesteomrade.map(landed.meanings["tjenesteomrade"])
    employed = (
        employees.sort_values("ansatt_fra")
        .groupby("koordinator_key")
        .agg(last_day=("last_day", "max"), area=("area", "last"))
    )
    kept = ["person", "birth", "moved_in", "moved_out", "died", "has_returned"]
    assignments = _assign(rows["koordinator"], persons[kept], rows["endring"], employed)
    plans = _plan(rows["ip"], persons[kept], rows["endring"])
    services = rows["tjeneste"]
    meetings = rows.pop("mote")
    meetings = meetings[
        meetings.meeting_type.isin(["coordination_meeting", "collaboration_meeting"])
    ]

    def columns(table: pd.DataFrame, names: list[str]) -> dict[str, Any]:
        return {name: table[name].to_numpy() for name in names}

    interval = ["person", "first_day", "last_day"]
    clean = Clean(
        persons.municipality_code.to_numpy(dtype=str),
        persons.birth.where(persons.birth != _NO_DAY, LONG_AGO).to_numpy(),
        persons.moved_in.where(persons.moved_in != _NO_DAY, LONG_AGO).to_numpy(),
        persons.last_resident_day.clip(upper=FAR_OFF).to_numpy(),
        columns(assignments, interval),
        columns(plans, interval),
        {
            **columns(services, interval),
            "area": services.area.astype(str).to_numpy(),
        },
        {
            "person": meetings.person.to_numpy(),
            "day": meetings.first_day.to_numpy(),
            "is_coordination": (meetings.meeting_type == "coordination_meeting").to_numpy(),
            "has_gp": meetings.has_gp.to_numpy(),
        },
    )
    write_figures(clean, result, as_of)
