"""The same cleaning in polars: lazy and streaming as far as the rows of meetings go."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import polars as pl

from benchmarks.region.common import Landed, read_landed
from benchmarks.region.counting import FAR_OFF, LONG_AGO, RIGHT_CAME, Clean, write_figures
from dagster_project.config.paths import Home

_FEW = ["municipality_code", "person_key"]


def _day(column: str) -> pl.Expr:
    return pl.col(column).str.to_date("%Y-%m-%d", strict=False).cast(pl.Int32)


@dataclass(frozen=True)
class _Record:
    """A record type: the columns made of its cells, and which rows count; `day` is the event's."""

    columns: dict[str, pl.Expr]
    counts: pl.Expr
    event: str | None = None


def _means(landed: Landed, field: str, column: str) -> pl.Expr:
    return pl.col(column).replace_strict(
        landed.meanings[field], default=None, return_dtype=pl.String
    )


def _records(landed: Landed) -> dict[str, _Record]:
    means = partial(_means, landed)
    first, last = pl.col("first_day"), pl.col("last_day")
    in_order = first.is_not_null() & (last >= first).fill_null(True)
    is_plan = (pl.col("plan_type") == "individual_plan") & pl.col("plan_status").is_in(
        ["active", "closed"]
    )
    counting = ["coordination_meeting", "collaboration_meeting"]
    return {
        "koordinator": _Record(
            {
                "told_birth": _day("fodselsdato"),
                "role": means("rolle", "rolle"),
                "area": means("tjenesteomrade", "koordinator_tjeneste"),
                "coordinator": pl.col("koordinator_key"),
                "first_day": _day("fra_dato"),
                "last_day": _day("til_dato"),
            },
            pl.col("role").is_not_null() & in_order,
        ),
        "ip": _Record(
            {
                "told_birth": _day("fodselsdato"),
                "plan_status": pl.when(pl.col("status").is_null())
                .then(pl.lit("unknown"))
                .otherwise(means("status", "status")),
                "plan_type": pl.when(pl.col("plantype").is_null())
                .then(pl.lit("individual_plan"))
                .otherwise(means("plantype", "plantype")),
                "first_day": _day("opprettet_dato"),
                "closed": _day("avsluttet_dato"),
                "evaluated": _day("sist_evaluert_dato"),
            },
            pl.col("plan_status").is_not_null()
            & pl.col("plan_type").is_not_null()
            & ~(is_plan & (first.is_null() | (pl.col("closed") < first).fill_null(False))),
        ),
        "tjeneste": _Record(
            {
                "area": means("tjenesteomrade", "tjenesteomrade"),
                "first_day": _day("fra_dato"),
                "last_day": _day("til_dato"),
            },
            pl.col("area").is_not_null() & in_order,
        ),
        "endring": _Record(
            {"first_day": _day("endringsdato"), "change": means("endringstype", "endringstype")},
            pl.col("change").is_not_null() & first.is_not_null(),
            "endringsdato",
        ),
        "melding": _Record(
            {"first_day": _day("mottatt_dato"), "last_day": _day("vurdert_dato")},
            in_order,
            "mottatt_dato",
        ),
        "mote": _Record(
            {
                "first_day": _day("motedato"),
                "is_coordination": means("motetype", "motetype") == "coordination_meeting",
                "counts": means("motetype", "motetype").is_in(counting),
                "has_gp": pl.col("deltakere").str.split(";").list.contains("gp").fill_null(False),
            },
            pl.col("counts").is_not_null() & (first <= pl.col("delivered")),
            "motedato",
        ),
    }


def _place(
    landed: Landed, name: str, record: _Record, link: pl.LazyFrame, named: pl.LazyFrame
) -> pl.DataFrame:
    """Return the rows that are their registration's newest version, and count."""
    deliveries = pl.from_arrow(landed.deliveries).lazy()
    gone = pl.col("is_snapshot") & (pl.col("delivery_number") < pl.col("newest"))
    rows = pl.scan_parquet(landed.files(name)).join(deliveries, on=["source", "delivery_key"])
    if record.event:
        reach = (
            rows.filter(pl.col("delivery_number") == pl.col("newest"))
            .group_by("source_number")
            .agg(_day(record.event).min().alias("first_event"))
        )
        rows = rows.join(reach, on="source_number", how="left").filter(
            ~(gone & (_day(record.event) >= pl.col("first_event")).fill_null(True))
        )
    rows = rows.with_columns(
        place=pl.col("delivery_number").cast(pl.Int64) * 2**32 + pl.col("row_number").cast(pl.Int64)
    )
    registration = ["source_number", "registration_key"]
    # Few registrations come more than once, and those are found by a hash.
    alike = (
        rows.select(hashed=pl.struct(registration).hash())
        .group_by("hashed")
        .len()
        .filter(pl.col("len") > 1)
        .collect(engine="streaming")
    )
    again = (
        rows.select(*registration, "place", hashed=pl.struct(registration).hash())
        .join(alike.lazy(), on="hashed", how="semi")
        .collect(engine="streaming")
    )
    older = again.filter(pl.col("place") < pl.col("place").max().over(registration)).select("place")
    return (
        rows.join(older.lazy(), on="place", how="anti")
        .filter(pl.col("municipality_code").is_not_null())
        .with_columns(**record.columns)
        .filter(record.counts)
        .join(link, left_on="person_key", right_on="earlier_person_key", how="left")
        .with_columns(name_keys=pl.when(pl.col("person_key").is_null()).then(pl.col("name_keys")))
        .join(named, on=["municipality_code", "name_keys"], how="left")
        .select(
            "place",
            "municipality_code",
            *record.columns,
            person_key=pl.coalesce("linked_key", "person_key", "named_key"),
            id_birth=_day("person_id_birth_date"),
            withdrawn_last_day=pl.when(gone).then(pl.col("next_delivered").cast(pl.Int32) - 1),
        )
        .filter(pl.col("person_key").is_not_null())
        .collect(engine="streaming")
    )


def _persons(register: pl.DataFrame, rows: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """Number everybody whom the register or a registration knows."""
    known = register.select(
        *_FEW,
        birth=pl.coalesce(_day("fodselsdato"), _day("person_id_birth_date")),
        moved_in=_day("innflyttet_dato"),
        moved_out=_day("utflyttet_dato"),
        died=_day("dod_dato"),
    )
    mentioned = pl.concat(
        [
            table.lazy()
            .select(
                *_FEW,
                "id_birth",
                "first_day",
                told_birth=pl.col("told_birth") if "told_birth" in table.columns else pl.lit(None),
            )
            .cast({"told_birth": pl.Int32})
            for table in rows.values()
        ]
    )
    made = (
        mentioned.join(known.lazy(), on=_FEW, how="anti")
        .group_by(_FEW)
        .agg(
            birth=pl.coalesce(pl.col("id_birth").min(), pl.col("told_birth").min()),
            moved_in=pl.col("first_day").min(),
        )
        .collect()
    )
    forms = (
        rows["endring"]
        .group_by(_FEW)
        .agg(
            form_moved=pl.col("first_day").filter(pl.col("change") == "moved").max(),
            form_died=pl.col("first_day").filter(pl.col("change") == "died").min(),
        )
    )
    returned = (pl.col("moved_in") > pl.col("moved_out")).fill_null(False)
    later = (pl.col("form_moved") > pl.col("moved_in")).fill_null(True)
    return (
        pl.concat([known, made], how="diagonal")
        # A form tells what the register does not.
        .join(forms, on=_FEW, how="left")
        .with_columns(
            moved_out=pl.coalesce("moved_out", pl.when(later).then(pl.col("form_moved"))),
            died=pl.coalesce("died", "form_died"),
        )
        .drop("form_moved", "form_died")
        .sort("municipality_code")
        .with_row_index("person")
        .with_columns(
            pl.col("person").cast(pl.Int32),
            last_resident_day=pl.min_horizontal(
                pl.col("died") - 1, pl.when(~returned).then(pl.col("moved_out") - 1)
            ),
            has_returned=returned,
        )
    )


def _before_move() -> pl.Expr:
    stays = pl.col("has_returned") & (pl.col("first_day") >= pl.col("moved_in"))
    return pl.when(~stays.fill_null(False)).then(pl.col("moved_out") - 1)


def _ended_by(rows: pl.DataFrame, forms: pl.DataFrame, changes: list[str]) -> pl.DataFrame:
    """Add the day before the first form that ends a registration."""
    ended = (
        rows.select("place", "person", "first_day")
        .join(
            forms.filter(pl.col("change").is_in(changes)).select("person", changed="first_day"),
            on="person",
        )
        .filter(pl.col("changed") > pl.col("first_day"))
        .group_by("place")
        .agg(before_form=pl.col("changed").min() - 1)
    )
    return rows.join(ended, on="place", how="left")


_INTERVAL = (pl.col("first_day").min(), pl.col("until").max())
_SAME = ["person", "role", "coordinator"]


def _islands(spells: pl.DataFrame, same: list[str], apart: int | pl.Expr) -> pl.DataFrame:
    """Number the stretches of those that are the same and lie at most so many days apart."""
    reached = pl.col("until").cum_max().shift(1).over(same)
    return (
        spells.sort("first_day", "spell")
        .with_columns(begins=(pl.col("first_day") - reached > apart).fill_null(True))
        .with_columns(island=pl.col("begins").cum_sum().over(same))
    )


def _hosts(loose: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Add `role_host` and `coordinator_host`: of the assignment that a loose spell joins, if any."""
    assignments = (
        _islands(known, _SAME, 30)
        .group_by(*_SAME, "island")
        .agg(*_INTERVAL, spell=pl.col("spell").min())
    )
    found = (
        loose.join(assignments, on="person", suffix="_host")
        .filter(
            (pl.col("first_day") <= pl.col("until_host"))
            & (pl.col("first_day_host") <= pl.col("until"))
        )
        .sort(pl.col("role_host") != pl.col("role"), "first_day_host", "spell_host")
        .unique("spell", keep="first", maintain_order=True)
        .select("spell", "role_host", coordinator_host="coordinator")
    )
    return loose.join(found, on="spell", how="left")


def _hosted(spells: pl.DataFrame) -> pl.DataFrame:
    """Return the spells with the role and the coordinator that they count under, in islands."""
    named = spells.filter(pl.col("coordinator").is_not_null())
    # Those without a coordinator that overlap one another join together.
    members = _islands(spells.filter(pl.col("coordinator").is_null()), ["person"], 0)
    loose = members.group_by("person", "island", maintain_order=True).agg(
        *_INTERVAL, pl.col("role").first(), pl.col("spell").min()
    )
    near = named.join(loose, on="person", how="semi")
    first = _hosts(loose, near)
    # What found a host may have closed a gap, and so be the host of what lies in the gap.
    closing = first.filter(pl.col("role_host").is_not_null()).select(
        "spell",
        "person",
        "first_day",
        "until",
        role="role_host",
        coordinator="coordinator_host",
    )
    left = first.filter(pl.col("role_host").is_null()).select(loose.columns)
    hosts = pl.concat(
        [
            first.filter(pl.col("role_host").is_not_null()),
            _hosts(left, pl.concat([near, closing.select(near.columns)])),
        ]
    )
    joined = members.join(hosts, on=["person", "island"], suffix="_group").select(
        "spell",
        "person",
        "first_day",
        "until",
        role=pl.coalesce("role_host", "role_group"),
        coordinator="coordinator_host",
    )
    bridged = pl.when(pl.col("coordinator").is_null()).then(0).otherwise(30)
    return _islands(pl.concat([named, joined.select(named.columns)]), _SAME, bridged)


def _assign(
    rows: pl.DataFrame, persons: pl.DataFrame, forms: pl.DataFrame, employees: pl.DataFrame
) -> pl.DataFrame:
    """Return the assignments: one counting coordinator at a time."""
    birthday = pl.col("birth").cast(pl.Date)
    leap = (birthday.dt.month() == 2) & (birthday.dt.day() == 29)
    turns_18 = pl.when(leap).then(birthday + pl.duration(days=1)).otherwise(birthday)
    child = pl.col("role") == "child_coordinator"
    counting = rows.join(employees, on="coordinator", how="left").filter(
        pl.col("role").is_in(["coordinator", "child_coordinator"])
        & (pl.coalesce("area", "employee_area") != "specialist").fill_null(True)
    )
    closed = (
        _ended_by(counting, forms, ["declined_coordinator", "coordinator_ended"])
        .join(persons, on="person")
        .with_columns(
            last_day=pl.min_horizontal(
                "last_day",
                "withdrawn_last_day",
                pl.col("died") - 1,
                _before_move(),
                "before_form",
                "last_employed_day",
                pl.when(child).then(turns_18.dt.offset_by("18y").cast(pl.Int32) - 1),
            )
        )
        .select("place", "person", "role", "coordinator", "first_day", "last_day")
        .filter((pl.col("last_day") >= pl.col("first_day")).fill_null(True))
        .with_columns(until=pl.col("last_day").fill_null(FAR_OFF))
    )
    early = child & (pl.col("first_day") < RIGHT_CAME)
    spells = (
        pl.concat(
            [
                closed.with_columns(
                    role=pl.when(early).then(pl.lit("coordinator")).otherwise(pl.col("role")),
                    until=pl.when(early)
                    .then(pl.min_horizontal("until", pl.lit(RIGHT_CAME - 1)))
                    .otherwise(pl.col("until")),
                ),
                closed.filter(early & (pl.col("until") >= RIGHT_CAME)).with_columns(
                    first_day=pl.lit(RIGHT_CAME, pl.Int32)
                ),
            ],
            how="vertical_relaxed",
        )
        .sort("place", "first_day")
        .with_row_index("spell")
        .select("spell", "person", "role", "coordinator", "first_day", "until")
    )
    joined = (
        _hosted(spells)
        .group_by("person", "role", "coordinator", "island")
        .agg(*_INTERVAL, number=pl.col("spell").min())
        .with_columns(is_child=pl.col("role") == "child_coordinator")
    )
    ordered = (
        joined.sort("first_day", ~pl.col("is_child"), "until", "number")
        .with_columns(next_first_day=pl.col("first_day").shift(-1).over("person"))
        .sort("first_day", "until", "number")
        .with_columns(next_of_kind=pl.col("first_day").shift(-1).over("person", "is_child"))
        .with_columns(
            last_day=pl.min_horizontal(
                "until",
                pl.when("is_child")
                .then(pl.col("next_of_kind") - 1)
                .otherwise(pl.col("next_first_day") - 1),
            )
        )
    )
    waits = (
        ordered.filter(~pl.col("is_child"))
        .join(ordered.filter("is_child"), on="person", suffix="_child")
        .filter(pl.col("first_day").is_between(pl.col("first_day_child"), pl.col("last_day_child")))
        .select("number", begins=pl.col("last_day_child") + 1)
    )
    return (
        ordered.join(waits, on="number", how="left")
        .select("person", "last_day", first_day=pl.coalesce("begins", "first_day"))
        .filter(pl.col("first_day") <= pl.col("last_day"))
    )


def _plan(rows: pl.DataFrame, persons: pl.DataFrame, forms: pl.DataFrame) -> pl.DataFrame:
    is_closed = pl.col("plan_status") == "closed"
    plans = rows.filter(
        (pl.col("plan_type") == "individual_plan")
        & pl.col("plan_status").is_in(["active", "closed"])
        & ~(is_closed & pl.col("closed").is_null() & pl.col("evaluated").is_null())
    )
    with_days = (
        _ended_by(plans, forms, ["declined_plan", "plan_ended"])
        .join(persons, on="person")
        .select(
            "person",
            "first_day",
            until=pl.min_horizontal(
                pl.coalesce(pl.col("closed") - 1, pl.when(is_closed).then(pl.col("evaluated"))),
                pl.col("died") - 1,
                _before_move(),
                "before_form",
                "withdrawn_last_day",
            ).fill_null(FAR_OFF),
        )
        .filter(pl.col("until") >= pl.col("first_day"))
        .with_row_index("spell")
    )
    return (
        _islands(with_days, ["person"], 30)
        .group_by("person", "island")
        .agg(pl.col("first_day").min(), last_day=pl.col("until").max())
        .drop("island")
    )


def run(home: Home, result: Path, as_of: dt.date) -> None:
    """Write the figures of a home whose warehouse has begun to the file `result`."""
    landed = read_landed(home)
    register = pl.read_parquet(landed.files("person"))
    link = register.lazy().select("earlier_person_key", linked_key="person_key").drop_nulls()
    named = (
        register.lazy()
        .group_by("municipality_code", "name_keys")
        .agg(pl.col("person_key").n_unique().alias("persons"), named_key=pl.col("person_key").min())
        .filter((pl.col("persons") == 1) & pl.col("name_keys").is_not_null())
        .drop("persons")
    )
    rows = {
        name: _place(landed, name, record, link, named) for name, record in _records(landed).items()
    }
    persons = _persons(register, rows)
    numbers = persons.select("person", *_FEW)
    rows = {
        name: table.join(numbers, on=_FEW).drop(*_FEW, "id_birth") for name, table in rows.items()
    }
    employees = (
        pl.read_parquet(landed.files("ansatt"))
        .sort("ansatt_fra")
        .group_by(coordinator="koordinator_key", maintain_order=True)
        .agg(
            last_employed_day=pl.when(pl.col("ansatt_til").null_count() == 0).then(
                _day("ansatt_til").max()
            ),
            employee_area=_means(landed, "tjenesteomrade", "tjenesteomrade").drop_nulls().last(),
        )
    )
    persons_to_join = persons.drop(*_FEW)
    assignments = _assign(rows["koordinator"], persons_to_join, rows["endring"], employees)
    plans = _plan(rows["ip"], persons_to_join, rows["endring"])
    services = rows["tjeneste"].select(
        "person", "area", "first_day", pl.col("last_day").fill_null(FAR_OFF)
    )
    meetings = (
        rows["mote"].filter("counts").select("person", "is_coordination", "has_gp", day="first_day")
    )

    def columns(table: pl.DataFrame) -> dict[str, object]:
        return {name: table[name].to_numpy() for name in table.columns}

    clean = Clean(
        persons["municipality_code"].to_numpy(),
        persons["birth"].fill_null(LONG_AGO).to_numpy(),
        persons["moved_in"].fill_null(LONG_AGO).to_numpy(),
        persons["last_resident_day"].fill_null(FAR_OFF).to_numpy(),
        columns(assignments),
        columns(plans),
        columns(services),
        columns(meetings),
    )
    write_figures(clean, result, as_of)
