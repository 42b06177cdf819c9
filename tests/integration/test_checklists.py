"""The checklists of `docs/dev/`, followed on a copy of the project."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from dagster_project.config.paths import PROJECT

pytestmark = pytest.mark.slow

_PARTS = (
    "dagster_project", "dashboards", "dbt", "docs", "expectations", "seeds", "tests", "pyproject.toml",
)  # fmt: skip
_MADE_BY_ITSELF = {"__pycache__", "target", "logs", ".user.yml"}

RECORD = """\
sort_order: 15
name_nb: Klager
name_nn: Klager
name_en: Complaints
grain: one complaint
key: [klage_id]
model: complaint
day: received_on
columns:
  klage_id: {kind: registration_id, required: true, english: registration id}
  fnr: {required: true}
  klagedato: {kind: date, required: true, english: day received, where: stg_complaint.received_on, headers: [klage mottatt]}
  klagetype: {kind: code, required: true, english: type of complaint, where: stg_complaint.complaint_type}
compared: [klagetype]
example: {klagedato: "2023-01-01", klagetype: [vedtak, ventetid]}
"""
CODES = """\
klagetype,decision,vedtak
klagetype,decision,klage på vedtak
klagetype,waiting,ventetid
"""
STAGING = """\
select
    {{ row_columns() }},
    {{ person_columns() }},
    landed.registration_id,
    {{ to_date("landed.klagedato") }} as received_on,
    complaint_type.canonical as complaint_type,
    {{
        problems(
            row_problems()
            + [
                missing("klage_id", landed_as="registration_id_given"),
                missing("klagedato"),
                unreadable("klagedato"),
                missing("klagetype"),
                unknown("klagetype", "complaint_type"),
            ]
        )
    }},
    {{ notes(row_notes() + person_notes()) }}
from {{ from_landed("klage") }} {{ join_value("complaint_type", "klagetype", "klage") }}
"""
PROPERTIES = """\
sources:
  - name: landing
    tables:
      - {name: klage, description: Landed rows of record type klage.}

models:
  - name: stg_complaint
    description: >
      Complaints, typed and with their codes. Grain - one row per row read.
    config:
      meta:
        grain: one row per row read
    data_tests:
      - unique_together:
          arguments:
            columns: [delivery_number, row_number]

  - name: int_complaint__row
    description: >
      Complaints with the place each ended in. Grain - one row per row read.
    config:
      meta:
        grain: one row per row read
    data_tests:
      - unique_together:
          arguments:
            columns: [delivery_number, row_number]

unit_tests:
  - name: complaint_of_unknown_type
    description: A complaint of a type that nobody knows is left out.
    model: stg_complaint
    given:
      - input: source('landing', 'klage')
        rows:
          - {source: arkiv, delivery_key: d1, row_number: "2", registration_id_given: "1", klagedato: "2023-05-05", klagetype: vedtak}
          - {source: arkiv, delivery_key: d1, row_number: "3", registration_id_given: "1", klagedato: "2023-05-05", klagetype: q}
      - input: ref('stg_delivery')
        rows:
          - {delivery_number: 1, source: arkiv, delivery_key: d1, source_number: 1, delivered: "2024-01-31", status: in_force}
      - input: ref('stg_written_value')
        rows:
          - {source: arkiv, record: klage, field: klagetype, written: vedtak, canonical: decision}
    expect:
      rows:
        - {row_number: 2, received_on: "2023-05-05", complaint_type: decision, problem_rule: null}
        - {row_number: 3, received_on: "2023-05-05", complaint_type: null, problem_rule: unknown_value}
"""
INDICATOR = (
    "consented_share,share,1,consent_yes,coordinator,false,koordinator,0,more,99,Med samtykke,"
    "Med samtykke,Consented,Andel som har samtykket,Prosentdel som har samtykt,Share who consented\n"
)
LEVEL = """\
  consented_share:
    now: "{value} ({count} av {of}, {interval})."
    then: "{date}: {value} ({count} av {of}, {interval})."
"""
CONTENT = '''\
"""The page *Har plan*: how many have a plan, and how it has developed."""

from __future__ import annotations

from collections.abc import Iterator

from dashboards.content import indicator
from dashboards.content.labels import Labels
from dashboards.content.section import Section, part
from dashboards.content.shared import cautions
from dashboards.view.state import View


def sections(labels: Labels, view: View) -> Iterator[Section]:
    """Yield the page."""
    yield Section(filters=[indicator.OVER_TIME])
    figure = indicator.figure_of(labels, view, "plan_coverage")
    finding = indicator.level_and_change(figure)
    yield Section(lead=[finding], remarks=cautions(labels, figure.view))
    over_time = indicator.sections_over_time(figure, finding, "having")
    yield from part(over_time, labels.texts("having.section"))
'''
TEST_OF_PAGE = """\
from dashboards.pages import PageKey
from tests.support import publication as made
from tests.support.opened_page import open_page


def test_it_says_how_many_have_a_plan_and_tells_what_is_missing(monkeypatch):
    monkeypatch.setenv("SAMORDNA_HOME", str(made.standing_home()))
    opened = open_page(PageKey.HAVING)
    (lead,) = opened.texts("lead")
    assert "plan" in lead
    assert (len(opened.pictures), opened.tables) == (1, 1)
    assert opened.texts("section") == ["Over tid"]
    (told,) = open_page(PageKey.HAVING, municipality=made.EMPTY).texts("told")
    assert told.startswith("Bø ")
"""
EXPOSURE = """
  - name: having
    label: Have a plan
    type: dashboard
    description: How many have a plan, and how it has developed.
    owner: {name: KE}
    depends_on:
      - ref('comparability')
      - ref('coverage')
      - ref('definition')
      - ref('series_break')
"""
# What the browser tests then hold against what they see.
DRAWN = """
import json
from tests.browser.scenes import SCENES
scene = SCENES["having"]
print(json.dumps({"filters": scene.filters, "pictures": scene.pictures, "tables": scene.tables}))
"""
# From a row of the seed to the table of coverage, in the copy.
COUNTED = """
import json, sys
from pathlib import Path
from tests.support.small_home import SmallHome, coordinator, fetch, service
home = SmallHome(Path(sys.argv[1])).source("epj", "koordinator").source("tiltak", "tjeneste")
home.deliver("epj", "20240131", [
    coordinator(f"A-{n}", n, "2021-03-05", samtykke="ja" if n == 0 else "") for n in range(4)
])
home.deliver("tiltak", "20240131", [
    service(f"T-{n}-{area}", n, area, "2021-01-01") for n in range(4) for area in ("skole", "ppt")
])
warehouse = home.build()
print(json.dumps(fetch(warehouse, '''
    select numerator, denominator, value, bound_high, age_group, service_area
    from marts.coverage where indicator = 'consented_share' and reference_date = '2023-12-31'
    and age_scheme = 'standard' and age_group in ('all', '18-49') and service_area in ('all', 'school')
    order by all
''')))
"""
# From a file in the inbox to the reconciliation, in the copy.
DELIVERED = """
import json, sys
from pathlib import Path
from tests.support.persons import fnr
from tests.support.small_home import SmallHome, fetch, run_dbt
home = SmallHome(Path(sys.argv[1])).source("arkiv", "klage")
types = ("vedtak", "Klage på vedtak", "ventetid", "q")
home.deliver("arkiv", "20240131", [
    {"klage_id": f"C-{n}", "fnr": fnr("1980-05-15", n), "klage mottatt": "05.05.2023", "klagetype": types[n]}
    for n in range(4)
])
warehouse = home.build()
said = {
    "staged": fetch(warehouse, "select complaint_type from staging.stg_complaint order by row_number"),
    "ended": fetch(warehouse, "select record, rows_read, rows_counted, rows_quarantined from marts.reconciliation"),
    "found": fetch(warehouse, "select distinct rule from marts.findings where rule = 'unknown_value'"),
    "made": fetch(warehouse, "select count(*) from intermediate.int_person__made"),
}
warehouse.close()
run_dbt(home.home, "test", "--select", "complaint_of_unknown_type")
print(json.dumps(said))
"""


RULE = (
    "meeting_long_ago,quarantined,error,5.1,{order},registration,Møtet er datert før 1990,Møtet er datert før "
    "1900,The meeting is dated before 1990,Rett møtedatoen i kilden.,Rett møtedatoen i kjelda.,"
    "Correct the date of the meeting at the source.\n"
)
FINDING = """\
                finding(
                    rule="meeting_long_ago",
                    when=to_date("landed.motedato") ~ " < date '1990-01-01'",
                    column="motedato",
                    value="landed.motedato",
                ),
"""
UNIT_TEST = """\
  - name: meeting_long_ago
    description: A meeting dated before 1990 is left out; one on the day is not.
    model: stg_meeting
    config:
      meta:
        section: "5.1"
        rules: [meeting_long_ago]
        form: table
        before:
          mote: [motedato, motetype]
        after: [problem_rule]
        title_nb: Et møte fra lenge siden
        title_en: A meeting of long ago
        text_nb: Et møte som er datert før 1990, blir holdt utenfor.
        text_en: A meeting dated before 1990 is left out.
    given:
      - input: source('landing', 'mote')
        rows:
          - {source: sampro, delivery_key: d1, row_number: "2", registration_id_given: "1", motedato: "1990-01-01", motetype: Koordineringsmøte}
          - {source: sampro, delivery_key: d1, row_number: "3", registration_id_given: "1", motedato: "1989-12-31", motetype: Koordineringsmøte}
      - *meetings_delivered
      - *meeting_types
    expect:
      rows:
        - {row_number: 2, problem_rule: null}
        - {row_number: 3, problem_rule: meeting_long_ago}

"""
# What the rule is in words, and in the recount.
_SAID = "One dated before 1990 is left out (`meeting_long_ago`). "
_RECOUNTED = "return met is None or met > row.delivered or lacking"
_RECOUNTED_WITH_IT = (
    "return met is None or met > row.delivered or met < dt.date(1990, 1, 1) or lacking"
)
CASE = """\
@case("meeting_long_ago")
def _(c: Case) -> None:
    c.person()
    c.add("moter", mote_id=f"M{c.number}", fnr=c.id, motedato="1989-12-31", motetype="OT-møte")
    c.finds("moter", f"M{c.number}")


"""


def _copy(to: Path) -> Path:
    to.mkdir()
    for part in _PARTS:
        if (PROJECT / part).is_file():
            shutil.copy2(PROJECT / part, to)
        else:
            shutil.copytree(
                PROJECT / part, to / part, ignore=shutil.ignore_patterns(*_MADE_BY_ITSELF)
            )
    return to


def _contents(project: Path) -> dict[str, bytes]:
    return {
        file.relative_to(project).as_posix(): file.read_bytes()
        for file in project.rglob("*")
        if file.is_file() and not _MADE_BY_ITSELF & {*file.relative_to(project).parts}
    }


def _python(project: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(project), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return done.stdout


def _listed(page: str) -> set[str]:
    """Return the files that a checklist names in its numbered steps."""
    text = (PROJECT / "docs" / "dev" / page).read_text(encoding="utf-8")
    steps = text.partition("## The files, in this order\n")[2].partition("\n## ")[0]
    numbered = " ".join(line for line in steps.splitlines() if re.match(r"\d+\. ", line))
    return set(re.findall(r"`((?:dashboards|dbt|docs|seeds|tests)/[^`]+\.\w+)`", numbered))


def test_record_type(tmp_path: Path) -> None:
    """A record type costs seven files, and contract, landing, staging and reconciliation know it."""
    project = _copy(tmp_path / "project")
    before = _contents(project)
    names = {"<record>": "klage", "<model>": "complaint"}
    codes = (project / "seeds/code_map.csv").read_text(encoding="utf-8")
    for file, text in {
        "seeds/records/klage.yml": RECORD,
        "seeds/code_map.csv": codes + CODES,
        "dbt/models/staging/stg_complaint.sql": STAGING,
        "dbt/models/staging/stg_complaint.yml": PROPERTIES,
        "dbt/models/intermediate/rows/int_complaint__row.sql": '{{ placed_rows("klage") }}\n',
    }.items():
        (project / file).write_text(text, encoding="utf-8")
    _python(project, "-m", "docs.generate")

    after = _contents(project)
    changed = {file for file in after if before.get(file) != after[file]}
    listed = {
        file.replace("<record>", names["<record>"]).replace("<model>", names["<model>"])
        for file in _listed("add-a-record-type.md")
    }
    assert changed == listed
    assert len(changed) <= 7
    assert "### `klage`: one complaint" in after["docs/contract.md"].decode()

    tests = (
        "test_contract.py",
        "reference/test_seeds.py",
        "docs/test_docs.py",
        "expectations/test_suites.py",
    )
    chosen = "klage or is_what_the or every_check_of_every_suite or seeds_are_sound"
    files = [f"tests/unit/{file}" for file in tests]
    _python(project, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", chosen, *files)

    said = json.loads(_python(project, "-c", DELIVERED, str(tmp_path / "home")).splitlines()[-1])
    assert said == {
        "staged": [["decision"], ["decision"], ["waiting"], [None]],
        "ended": [["klage", 4, 3, 1]],
        "found": [["unknown_value"]],
        "made": [[3]],
    }


def test_indicator_of_known_measures(tmp_path: Path) -> None:
    """An indicator whose measures are counted is a row and its sentences; all else is made of it."""
    project = _copy(tmp_path / "project")
    before = _contents(project)
    by_hand = ["seeds/indicators.csv"]
    _append(project / by_hand[0], INDICATOR)
    for language in ("nb", "nn", "en"):
        by_hand.append(f"dashboards/i18n/locale/{language}/figures.yml")
        text = (project / by_hand[-1]).read_text(encoding="utf-8")
        (project / by_hand[-1]).write_text(text.replace("level:\n", f"level:\n{LEVEL}", 1))
    macro = "from docs import generate as g; g.INDICATOR_MACRO.write_text(g.indicators())"
    _python(project, "-c", macro)

    after = _contents(project)
    changed = {file for file in after if before.get(file) != after[file]}
    assert changed == {*by_hand, "dbt/macros/indicators.sql"}

    said = json.loads(_python(project, "-c", COUNTED, str(tmp_path / "home")).splitlines()[-1])
    assert said == [
        [1, 4, 0.25, None, "18-49", "all"],
        [1, 4, 0.25, None, "18-49", "school"],
        [1, 4, 0.25, None, "all", "all"],
        [1, 4, 0.25, None, "all", "school"],
    ]


def test_page(tmp_path: Path) -> None:
    """A page with a picture and a table costs seven files, its test with them."""
    project = _copy(tmp_path / "project")
    before = _contents(project)
    pages = (project / "dashboards/pages.py").read_text(encoding="utf-8")
    key, place = '    PLANS = "plans"\n', "        PageKey.PLANS,\n"
    assert key in pages and place in pages
    pages = pages.replace(key, f'{key}    HAVING = "having"\n')
    pages = pages.replace(place, f"{place}        PageKey.HAVING,\n")
    words = {
        "nb": ("Har plan", "Over tid"),
        "nn": ("Har plan", "Over tid"),
        "en": ("Have a plan", "Over time"),
    }
    for file, text in {
        "dashboards/pages.py": pages,
        "dashboards/content/having.py": CONTENT,
        "tests/unit/dashboards/content/test_having.py": TEST_OF_PAGE,
        **{
            f"dashboards/i18n/locale/{language}/having.yml": (
                f"having:\n  heading: {heading}\n  section: {section}\n"
            )
            for language, (heading, section) in words.items()
        },
    }.items():
        (project / file).write_text(text, encoding="utf-8")
    _append(project / "dbt/models/exposures.yml", EXPOSURE)

    after = _contents(project)
    changed = {file for file in after if before.get(file) != after[file]}
    listed = {file.replace("<page>", "having") for file in _listed("add-a-page.md")}
    assert changed == listed
    assert len(changed) == 7

    tests = ("dashboards/content/test_having.py", "dashboards/i18n", "docs/test_sentences.py")
    files = [f"tests/unit/{file}" for file in tests]
    _python(project, "-m", "pytest", "-q", "-p", "no:cacheprovider", *files)
    exposed = ("-k", "having", "tests/dbt/test_exposures.py")
    _python(project, "-m", "pytest", "-q", "-p", "no:cacheprovider", *exposed)
    said = json.loads(_python(project, "-c", DRAWN).splitlines()[-1])
    assert said == {"filters": ["municipality", "date", "compare"], "pictures": 1, "tables": 1}


def test_rule(tmp_path: Path) -> None:
    """A rule that leaves a row out costs six files; every test that asks for one of them knows it."""
    project = _copy(tmp_path / "project")
    before = _contents(project)
    rules = (project / "seeds/rules.csv").read_text(encoding="utf-8")
    orders = [int(row["sort_order"]) for row in csv.DictReader(rules.splitlines())]
    _append(project / "seeds/rules.csv", RULE.format(order=max(orders) + 1))
    for file, above, text in (
        ("docs/counting-rules.md", "2. Coordination and collaboration meetings", _SAID),
        ("dbt/models/staging/stg_meeting.sql", "                finding(\n", FINDING),
        ("dbt/models/staging/stg_meeting.yml", "  - name: meeting_after_delivery\n", UNIT_TEST),
        ("tests/integration/cases.py", '@case("meeting_after_delivery")\n', CASE),
    ):
        written = (project / file).read_text(encoding="utf-8")
        assert above in written, file
        (project / file).write_text(written.replace(above, text + above, 1), encoding="utf-8")
    recount = project / "tests/oracle/recount.py"
    written = recount.read_text(encoding="utf-8")
    assert _RECOUNTED in written
    recount.write_text(written.replace(_RECOUNTED, _RECOUNTED_WITH_IT, 1), encoding="utf-8")
    _python(project, "-m", "docs.generate")

    after = _contents(project)
    changed = {file for file in after if before.get(file) != after[file]}
    made = {"docs/metode.md", "docs/methods.md"}
    listed = {file.replace("<thing>", "meeting") for file in _listed("add-a-rule.md")}
    assert changed == listed
    assert len(changed - made) <= 6
    assert "Et møte fra lenge siden" in after["docs/metode.md"].decode()

    chosen = "meeting_long_ago or every_rule_is_shown or seeds_are_sound or counting or generated"
    files = ["unit/reference/test_seeds.py", "unit/docs/test_docs.py", "integration/test_rules.py"]
    said = _python(
        project, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", chosen,
        *(f"tests/{file}" for file in files),
    )  # fmt: skip
    assert "passed" in said


def _append(file: Path, text: str) -> None:
    with file.open("a", encoding="utf-8") as lines:
        lines.write(text)
