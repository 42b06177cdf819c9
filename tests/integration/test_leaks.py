"""200 test persons in every kind of field, file and failure: none is found in what is written."""

from __future__ import annotations

import io
import json
import os
import random
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import escape

import duckdb
import pytest
import xlsxwriter
import yaml

from dagster_project.config.paths import DBT_PROJECT, Home
from dagster_project.contract import RECORD_TYPES, ColumnKind, RecordType
from tests.support.leaks import Planted, Search
from tests.support.official_files import child, child_welfare, measure, recipient, referral
from tests.support.persons import fnr
from tests.support.small_home import as_csv, only_warehouse
from tests.support.spellings import forms_of_name, spell
from tests.support.terminal import SAMORDNA

PERSONS_PLANTED = 200
IDS_IN_A_CELL, NAMES_IN_A_CELL = 6, 4
FORMS_IN_A_COLUMN = IDS_IN_A_CELL + NAMES_IN_A_CELL + 2
RECORDS = [
    "person",
    "tjeneste",
    "koordinator",
    "ip",
    "mote",
    "koordinatortall",
    "endring",
    "ansatt",
    "kompetanse",
    "journal",
]
ENDINGS = ["csv", "xlsx", "json", "jsonl", "xml"]
# What an ordinary cell of each kind holds.
ALL_COLUMNS = {column.name for record in RECORD_TYPES.values() for column in record.columns}
PLAIN = {
    ColumnKind.DATE: "2022-03-01",
    ColumnKind.BIRTH_DATE: "1985-02-03",
    ColumnKind.NUMBER: "3",
    ColumnKind.YEAR: "2027",
    ColumnKind.EMPLOYEE_ID: "17",
    ColumnKind.EMPLOYEE_NAME: "Ansgar Prøvesen",
    ColumnKind.EMPLOYEE_EMAIL: "ansgar@eksempel.no",
    ColumnKind.PHRASE: "Melding - behov for koordinerte tjenester",
    ColumnKind.FAMILY_ID: "F7",
    ColumnKind.LABEL: "Sone nord",
    ColumnKind.CODE_LIST: "fastlege; skole",
    ColumnKind.FREE_TEXT: "referat skrevet",
    ColumnKind.MUNICIPALITY: "4602",
}
CODES = {
    "tjenestekode": "15",
    "kjonn": "K", "tjenesteomrade": "skole", "rolle": "koordinator", "koordinator_tjeneste": "ppt",
    "samtykke": "ja", "status": "aktiv", "plantype": "ip", "motetype": "ag", "endringstype": "flyttet",
    "retning": "inn",
}  # fmt: skip


def _word(number: int) -> str:
    return "".join("bdfgklmnpr"[int(digit)] + "aeiouaeiou"[int(digit)] for digit in f"{number:03}")


PERSONS = [
    Planted(
        fnr(f"{1950 + n % 60}-0{1 + n % 9}-{10 + n % 18}", n // 60),
        f"Qvx{_word(n)}",
        f"Zjw{_word(n)}",
    )
    for n in range(PERSONS_PLANTED)
]


class Planter:
    """Makes files in which every cell of every column holds a planted person in some row."""

    def __init__(self) -> None:
        self._next = random.Random(7)
        self._number = 0

    def person(self) -> Planted:
        self._number += 1
        return PERSONS[self._number % len(PERSONS)]

    def forms(self, person: Planted) -> list[str]:
        """Return spellings of the id and forms of the name: others of each time."""
        whole = f"{person.given} {person.surname}"
        names = list(forms_of_name(person.given, person.surname).values())
        return [
            person.fnr,
            *(spell(person.fnr, self._next) for _ in range(IDS_IN_A_CELL)),
            f"bruker {whole} ({person.fnr})",
            *self._next.sample(names, NAMES_IN_A_CELL),
        ]

    def headers(self) -> list[str]:
        """Return headers that the contract does not know, with persons in them."""
        return [self._next.choice(self.forms(self.person())) for _ in range(6)]

    def in_a_file_name(self) -> str:
        """Return what stands of a person in the name of a file."""
        written = self._next.choice(self.forms(self.person()))
        return " " + "".join(sign for sign in written if sign not in "/\0*?[]")[:60]

    def rows(self, record: RecordType) -> list[dict[str, str]]:
        rows = []
        for index, column in enumerate(record.columns):
            for form in range(FORMS_IN_A_COLUMN):
                person, other = self.person(), self.person()
                row = {
                    c.name: self._plain(record, c.name, other, f"{index}{form}")
                    for c in record.columns
                }
                row[column.name] = self.forms(person)[form]
                # A column that the contract does not know holds persons too.
                row["Merknad"] = self.forms(self.person())[form]
                rows.append(row)
            if column.kind in (
                ColumnKind.REGISTRATION_ID,
                ColumnKind.CODE,
                ColumnKind.LABEL,
                ColumnKind.NUMBER,
            ):
                rows += self._last_digits(record, column.name)
        if record.name == "person":
            # The register knows everybody by name.
            rows += [self._known(record, person) for person in PERSONS]
        else:
            rows += self._often(record)
        return rows

    def _last_digits(self, record: RecordType, column: str) -> list[dict[str, str]]:
        """Return rows in which a cell says what makes the birth date beside it an id."""
        rows = []
        for before in ("", "nr "):
            person = self.person()
            row = {c.name: self._plain(record, c.name, person, before) for c in record.columns}
            rows.append({**row, column: f"{before}{person.fnr[6:]}"})
        return rows

    def _known(self, record: RecordType, person: Planted) -> dict[str, str]:
        return {c.name: self._plain(record, c.name, person, "") for c in record.columns}

    def _often(self, record: RecordType) -> list[dict[str, str]]:
        """Return rows that say the same: a name on so many is no code of the house."""
        rows = []
        for column in record.columns:
            if column.kind in (ColumnKind.CODE, ColumnKind.LABEL):
                person = self.person()
                for form in self.forms(person)[-NAMES_IN_A_CELL:]:
                    for number in range(6):
                        row = {
                            c.name: self._plain(record, c.name, self.person(), f"{form}{number}")
                            for c in record.columns
                        }
                        rows.append({**row, column.name: form})
        return rows

    def _plain(self, record: RecordType, name: str, person: Planted, number: str) -> str:
        column = record.column(name)
        match column.kind:
            case ColumnKind.PERSON_ID:
                return person.fnr if name == "fnr" else ""
            case ColumnKind.PERSON_NAME:
                return f"{person.given} {person.surname}"
            case ColumnKind.REGISTRATION_ID:
                return f"R-{sum(map(ord, number))}-{len(number)}"
            case ColumnKind.CODE:
                return CODES[name]
            case _:
                return PLAIN[column.kind]


def _xml(text: str) -> str:
    return escape("".join(sign if sign.isprintable() or sign in "\t\n" else " " for sign in text))


def _tag(header: str) -> str:
    """Return a header as the name of an element, as programs make one of it."""
    return re.sub(r"[^A-Za-z0-9_]", "_", f"h{header}" if header not in ALL_COLUMNS else header)


def _as(ending: str, rows: list[dict[str, str]], record: str) -> bytes:
    if ending == "csv":
        return as_csv(rows).encode("utf-8-sig")
    if ending == "json":
        return json.dumps(rows).encode()
    if ending == "jsonl":
        return "\n".join(json.dumps(row) for row in rows).encode("utf-16")
    if ending == "xml":
        body = "".join(
            "<r>" + "".join(f"<{_tag(k)}>{_xml(v)}</{_tag(k)}>" for k, v in row.items()) + "</r>"
            for row in rows
        )
        return f"<{record}>{body}</{record}>".encode()
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        person = PERSONS[3]
        sheet = book.add_worksheet(f"{person.surname} {person.fnr[:6]}–{person.fnr[6:]}")
        sheet.write_row(0, 0, list(rows[0]))
        for number, row in enumerate(rows, start=1):
            for place, value in enumerate(row.values()):
                digits = value.isascii() and value.isdigit() and len(value) == 11
                sheet.write(number, place, int(value) if digits else value)
    return content.getvalue()


def _plant(home: Home) -> None:
    planter = Planter()
    sources = []
    home.inbox.mkdir(parents=True)
    for number, record in enumerate(RECORDS):
        folder = home.inbox / record
        folder.mkdir()
        sources.append(f"  - {{name: {record}, record: {record}, path: 'inbox/{record}/*'}}\n")
        for step in range(2):
            ending = ENDINGS[(number + step) % len(ENDINGS)]
            rows = planter.rows(RECORD_TYPES[record])
            for header in planter.headers():
                rows[0][header] = "x"
            # One of the two is read whatever its name is taken to say of its day.
            planted = planter.in_a_file_name() if step else ""
            (folder / f"{record}{planted}_2024013{step}.{ending}").write_bytes(
                _as(ending, rows, record)
            )
    sources += _official(home, planter)
    sources += _failures(home, planter)
    home.sources_file.write_text(
        'home_municipality: "4602"\nallow_synthetic_ids: true\nsources:\n' + "".join(sources),
        encoding="utf-8",
    )


def _official(home: Home, planter: Planter) -> Iterator[str]:
    """Files of authorities, whole and broken, with persons wherever the form has room for one."""
    persons = [planter.person() for _ in range(60)]
    lines = [
        recipient(
            2025,
            journal=p.fnr[:6] + p.fnr[9:],
            fnr=p.fnr,
            fodt=p.fnr[:4] + "1980",
            plan="1",
            saksbehandler=p.surname,
        )
        for p in persons
    ]
    children = [
        child(
            f"{p.surname} {n}",
            p.fnr,
            [measure(p.fnr, "2024-02-01", code)],
            worker=f"{p.given} {p.surname}",
        )
        for n, p in enumerate(persons)
        for code in ("6.3", "6.4")
    ]
    one, other = persons[:2]
    named = f"{one.given} {one.surname}"
    message = referral(
        one.fnr, "1", case=f"{named} {one.fnr}", coordinator=named, sibling=other.fnr
    )
    welfare = child_welfare(children)
    files = {
        ("kostra_11f", "ip"): ("\n".join(lines).encode(), ".dat"),
        ("kostra_15f", "ip"): (welfare.encode("latin-1"), ".xml"),
        ("kostra_15f", "mote"): (welfare.encode("latin-1"), ".xml"),
        ("digibarnevern", "ip"): (message.encode(), ".xml"),
    }
    for (form, record), (content, ending) in files.items():
        for what, text in (
            ("whole", content),
            # Cut within a person, shifted, and with a person in a code, a day, a tag, a namespace.
            ("cut", content[: content.rindex(persons[0].fnr.encode()) + 7]),
            ("shifted", content.replace(b"4602", b"X4602")),
            ("named", content.replace(b"6.3", named.encode()).replace(b"2024-02-01", one.fnr.encode())),
            ("tags", content.replace(b"Avgiver", one.surname.encode()).replace(b"henv:Klient", f"henv:{one.surname}".encode())),
            ("spaces", content.replace(b"<Barnevern>", f"<Barnevern xmlns='{named} {one.fnr}'>".encode())),
        ):  # fmt: skip
            name = f"off-{form.replace('_', '-')}-{record}-{what}"
            folder = home.inbox / name
            folder.mkdir()
            (folder / f"{one.surname} {one.fnr} 20251031{ending}").write_bytes(text)
            yield f"  - {{name: {name}, record: {record}, format: {form}, path: 'inbox/{name}/*'}}\n"


def _failures(home: Home, planter: Planter) -> Iterator[str]:
    """Files that fail, each with persons where it fails."""
    person = planter.person()
    chance = random.Random(3)
    rows = planter.rows(RECORD_TYPES["koordinator"])
    whole = f"{person.given} {person.surname}"
    text = as_csv(rows)
    broken = {
        "truncated.csv": text[:-25].encode(),
        "quoted.csv": (text + f'"{whole};{person.fnr}').encode(),
        "encoding.csv": text.encode("utf-8") + b"\xff\xfe\xfa" + person.fnr.encode(),
        "headers.csv": f"{whole};{person.fnr};x\n1;2;3\n".encode(),
        "twice.csv": f"fra_dato;Startdato;{whole};registrering_id;rolle;fnr\n1;2;3;4;5;{person.fnr}\n".encode(),
        "missing.csv": f"registrering_id;fnr;{whole} {person.fnr}\n1;{person.fnr};x\n".encode(),
        "json.json": json.dumps(rows)[:-40].encode(),
        "lines.jsonl": ("\n".join(json.dumps(row) for row in rows)[:-40]).encode(),
        "xml.xml": f"<r><a>{person.fnr}</a><b>{whole}".encode(),
        "book.xlsx": _as("xlsx", rows, "koordinator")[:3000],
        "spelt.csv": f"{spell(person.fnr, chance)};{spell(person.fnr, chance)}\n1;2\n".encode(),
        "mapped.csv": f"rolle;{person.surname};{person.fnr[:6]}–{person.fnr[6:]}\n1;2;3\n".encode(),
        "kind.xlsx": text.encode(),
        "nothing.csv": b"",
    }
    for name, content in broken.items():
        folder = home.inbox / f"bad-{name.replace('.', '-')}"
        folder.mkdir()
        written = chance.choice([whole, person.surname, f"{person.given}{person.surname}".lower()])
        number = f"{person.fnr[:6]}{chance.choice('_–,;')}{person.fnr[6:]}"
        (folder / f"{written} {number} {name}").write_bytes(content)
        yield f"  - {{name: {folder.name}, record: koordinator, path: 'inbox/{folder.name}/*'}}\n"
    # A sheet that is not there, in a workbook whose sheet is named after a person.
    folder = home.inbox / "bad-sheet"
    folder.mkdir()
    (folder / "bok_20240131.xlsx").write_bytes(_as("xlsx", rows, "koordinator"))
    yield "  - {name: bad-sheet, record: koordinator, sheet: Ark9, path: 'inbox/bad-sheet/*'}\n"
    # A delivery that its checks hold back: nobody in it can be found.
    folder = home.inbox / "bad-held"
    folder.mkdir()
    lost = [{**row, "fnr": f"x{row['fnr']}x1", "rolle": whole, "fodselsdato": ""} for row in rows]
    (folder / "held_20240131.csv").write_text(as_csv(lost), encoding="utf-8")
    yield "  - {name: bad-held, record: koordinator, path: 'inbox/bad-held/*'}\n"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    made = Home(tmp_path_factory.mktemp("leaks") / "home")
    _plant(made)
    return made


def _run(home: Home, **more: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [str(SAMORDNA), "run", "--home", str(home.root)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **more},
    )
    # What was said on the terminal is written as well: somebody keeps it in a log.
    with (home.root / "terminal.txt").open("a", encoding="utf-8") as log:
        log.write(done.stdout + done.stderr)
    return done


def _found(home: Home) -> list[tuple[str, str, str]]:
    search = Search(PERSONS)
    search.tree(home.root, leave_out=[home.inbox])
    search.tree(Path(os.environ["XDG_CONFIG_HOME"]))
    search.tree(DBT_PROJECT / "target")
    assert search.files > 10
    return search.found[:20]


def test_every_person_is_planted(home: Home) -> None:
    """The search bites: in the inbox it finds them."""
    search = Search(PERSONS)
    search.tree(home.inbox)
    found = {what for what, _, _ in search.found}
    assert {person.fnr for person in PERSONS} <= found
    assert {person.surname for person in PERSONS} <= found


def test_a_killed_run_leaves_nobody(home: Home) -> None:
    process = subprocess.Popen(
        [str(SAMORDNA), "run", "--home", str(home.root)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    # In the midst of the deliveries: some have landed, more are to come.
    deadline = time.monotonic() + 300
    while len(list(home.landing.rglob("*.parquet"))) < 5 and time.monotonic() < deadline:
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert list(home.landing.rglob("*.parquet"))
    assert _found(home) == []


def test_a_failing_run_leaves_nobody(home: Home) -> None:
    """The models fail for want of memory, in the midst of the rows."""
    done = _run(home, SAMORDNA_MEMORY="9MB")
    assert done.returncode == 1
    assert "could not be built" in done.stderr
    assert _found(home) == []


def test_a_good_run_leaves_nobody(home: Home) -> None:
    done = _run(home)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("Source bad-") >= 13
    # Of the authorities' files, the whole ones are read and most of the broken ones are not.
    for form in ("kostra-11f-ip", "kostra-15f-ip", "kostra-15f-mote", "digibarnevern-ip"):
        assert list(home.landing.rglob(f"off-{form}-whole/*.parquet")), form
    assert done.stderr.count("Source off-") >= 8
    assert only_warehouse(home).exists()
    assert _found(home) == []


def test_settings_that_name_a_person_by_id_are_refused(tmp_path: Path) -> None:
    """In every free text of `sources.yml`: nothing is run, and nothing is told of the id."""
    home = Home(tmp_path / "home")
    person, chance = PERSONS[11], random.Random(2)
    home.inbox.mkdir(parents=True)
    (home.inbox / "ip_20240131.csv").write_text("registrering_id;fnr\n", encoding="utf-8")
    one = {"name": "ip", "record": "ip", "path": "inbox/*"}
    top = {"home_municipality": "4602", "allow_synthetic_ids": True}
    told = {"date": "2022-01-01", "kind": "other"}
    for settings in (
        {**top, "breaks": [{**told, "note": spell(person.fnr, chance)}], "sources": [one]},
        {**top, "sources": [{**one, "system": spell(person.fnr, chance)}]},
        {**top, "sources": [{**one, "columns": {spell(person.fnr, chance): "status"}}]},
        {**top, "sources": [{**one, "values": {"status": {spell(person.fnr, chance): "aktiv"}}}]},
        {**top, "sources": [{**one, "accept": [spell(person.fnr, chance)]}]},
        {**top, "sources": [{**one, "name": f"s{person.fnr[:6]}_{person.fnr[6:]}"}]},
    ):
        home.sources_file.write_text(yaml.safe_dump(settings), encoding="utf-8")
        assert _run(home).returncode == 1
        home.sources_file.unlink()
        search = Search(PERSONS)
        search.tree(home.root)
        assert search.found == []


def test_a_planted_person_in_the_warehouse_would_be_found(home: Home) -> None:
    """What the runs wrote is what the search can read: one person put in it is found."""
    # Under the same name: the file's views know it by that.
    copy = home.root / "copy" / only_warehouse(home).name
    copy.parent.mkdir()
    copy.write_bytes(only_warehouse(home).read_bytes())
    with duckdb.connect(str(copy)) as connection:
        connection.execute(
            "create table marts.planted as select detail, ? as value from marts.findings",
            [PERSONS[17].fnr],
        )
    search = Search(PERSONS)
    search.file(copy)
    copy.unlink()
    assert (PERSONS[17].fnr, str(copy), "row, digits") in search.found
