"""The seeds hold together, and every way of breaking them is told with its place and its remedy."""

from __future__ import annotations

import csv
import re
import shutil
from pathlib import Path

import pytest
import yaml

from dagster_project.config import installation
from dagster_project.config.installation import load_installation
from dagster_project.config.paths import DBT_PROJECT, PROJECT, Home
from dagster_project.problems import SamordnaError
from dagster_project.reference.seeds import SEEDS, check_seeds, require_sound
from tests.support.small_home import SmallHome, as_csv, coordinator

FOLDER = installation.SEEDS

# What is done to a seed (text that is there, and what is put in its place), and what is said.
BROKEN = [
    # The file as such
    ("rules", "rule,action", "rule;action", "line 1, column rule: the column is missing"),
    ("rules", "rule,action", "rule,acton", "column action: the column is missing"),
    ("breaks", "kind,indicator", "kind,kind", "line 1, column kind: the column stands there twice"),
    ("breaks", "note_en", "note_en,note_en", "column note_en: the column stands there twice"),
    ("breaks", "note_en", "note_en,note_se", "no column is named so (did you mean 'note_en'?)"),
    ("rules", "The same row several", "The same row, several", "line 2, column -: the row has 13"),
    ("rules", "duplicate_row", '"duplicate_row', "a quotation mark is left open"),
    # Keys
    ("rules", "same_id_in_file", "duplicate_row", "line 3, column rule: the same rule stands on"),
    ("code_map", "rolle,coordinator,koord.", "rolle,coordinator,Koordinator", "line 3, column acc"),
    ("municipalities", "1101,Eigersund", "0301,Eigersund", "line 3, column municipality_code"),
    ("age_groups", "standard,18-49", "standard,0-17", "line 3, column age_group: the same"),
    ("rules", "1.3,2,", "1.3,1,", "line 3, column sort_order: the same sort_order stands on line 2"),
    ("breaks", "effect\n", "effect\n,,2022-08-01,definition_change,child_coordinator_rate,a,b,c\n", "line 3"),
    # What a cell may hold
    ("rules", "merged,info", "merge,info", "'merge' is not an action (did you mean 'merged'?). Write one"),
    ("rules", "merged,info", "merged,inform", "column severity"),
    ("rules", "Samme rad flere ganger i filen", "", "line 2, column name_nb: the cell is empty. Write words"),
    ("rules", "Samme rad flere", " Samme rad flere", "without a space before or after"),
    ("indicators", "koordinator;tjeneste,0,more", "koordinator;tjenste,0,more", "did you mean 'tjeneste'?"),
    ("indicators", ",share,1,coordinator,target", ",part,1,coordinator,target", "column kind"),
    ("indicators", "ip;tjeneste,0,more", "ip;tjeneste,0,mor", "column polarity"),
    ("code_map", "rolle,coordinator,koord.", "role,coordinator,koord.", "did you mean 'rolle'?"),
    ("code_map", "rolle,coordinator,koord.", "koordinator_tjeneste,school,koord.", "line 3, column field"),
    ("service_areas", "home_care,health_care", "home_care,health", "column sector: 'health' is not"),
    ("age_groups", "standard,0-17,0", "standard,barn,0", "column age_group: 'barn'"),
    ("parameters", "30,integer", "30,whole", "column value_type"),
    ("municipalities", "1141,Finnøy,,2019", "1141,Finnøy,,19", "column valid_to_year"),
    ("poisson_limits", "0,0.0,3.68", "0,0.0,3_68", "column upper_95: '3_68"),
    ("breaks", "2022-08-01", "01.08.2022", "column first_day_after: '01.08.2022' is not a date"),
    ("breaks", "definition_change", "definition", "did you mean 'definition_change'?"),
    # Between rows and between files
    ("age_groups", "50-66,50,66", "52-66,52,66", "line 4, column from_age: standard goes on at 52, and 50 is"),
    ("age_groups", "50-66,50,66", "50-40,50,40", "column to_age: the last age, 40"),
    ("age_groups", "0-17,0,17", "0-18,0,17", "column age_group: '0-18' is of the ages 0 to 17. Name it 0-17"),
    ("age_groups", "90+,90,999", "90-120,90,120", "nobody of 121 years or more has a group in standard"),
    ("age_groups", "standard,", "normal,", "there is no scheme `standard`"),
    ("code_map", "rolle,coordinator,koord.", "rolle,coordinator,Child_coordinator", "means child_coord"),
    ("code_map", "tjenesteomrade,school,skole", "tjenesteomrade,scool,skole", "did you mean 'school'?"),
    ("service_areas", "integration,welfare", "refugees,welfare", "seeds/code_map.csv, line"),
    ("code_map", "heldogn,", "melder,", "column field: no value of the column heldogn is known"),
    ("indicators", "child_coordinator_rate,", "child_rate,", "seeds/breaks.csv, line 2, column indicator"),
    ("indicators", "housing_need,,false,bolig", "housing_need,persons,false,bolig", "a count is of no whole. Take it"),
    ("indicators", "coordinator,target_group,true,koord", "coordinator,,true,koord", "a share is of some whole"),
    ("indicators", "coverage,share,1,coordinator,", "coverage,share,100,coordinator,", "a share is not multiplied"),
    ("municipalities", "1141,Finnøy,,2019,1103", "1141,Finnøy,,2019,1142", "'1142' is no code of today"),
    ("municipalities", "1141,Finnøy,,2019,1103,Stavanger", "1141,Finnøy,,2019,,", "1141 leads to no code of today"),
    ("municipalities", "1103,Stavanger,,,1103", "1103,Stavanger,,,1108", "1103 is of today, and leads to"),
    ("municipalities", "1141,Finnøy,,2019,1103,Stavanger", "1141,Finnøy,,2019,1103,Sola", "1103 is named 'Stavanger'"),
    ("municipalities", "1159,Ølen,2002,2005", "1159,Ølen,2006,2005", "it ends in 2005, before"),
    ("municipalities", "1508 1580", "1508 1581", "column split_into: '1581' is no code of today"),
    ("parameters", "false,boolean", "0,boolean", "column default_value: it is no boolean"),
    ("parameters", "30,integer", "true,integer", "column default_value: it is no integer"),
    ("parameters", "30,integer", "30.5,integer", "column default_value: it is no integer"),
    ("parameters", "30,integer,0,365", "30,integer,0,", "column max_value: the cell is empty"),
    ("parameters", "30,integer,0,365", "30,integer,31,365", "30 is not from 31 to 365"),
    ("parameters", "false,boolean,,", "false,boolean,0,", "true and false have no range"),
    ("poisson_limits", "\n3,", "\n4,", "column events: "),
    ("poisson_limits", "3,0.6", "3,3.6", "3 is not between"),
    ("waterfall_steps", "superseded,", "bridged,", "'bridged' is a rule"),
    ("indicators", "1,plan,target_group", "1,plans,target_group", "did you mean 'plan'?"),
    ("indicators", ",median,1,,notice_answered", ",median,1,plan,notice_answered", "a median counts nothing of"),
    ("grades", "A,0.01", "A,1.01", "column max_quarantined_share: '1.01' is not a share"),
    ("grades", "B,0.03,0.15,0.90", "B,0.03,0.15,0.96", "column min_agreement: B asks more than A"),
    ("measures", "plan,plan,ip", "plan,planen,ip", "column base: 'planen' is not a base"),
    ("indicators", "group,true,ko", "group,ja,ko", "column bounded: 'ja' is not true or false"),
    ("code_names", "sender,gp,", "sendr,gp,", "did you mean 'sender'?"),
    ("code_names", "sender,gp,2", "sender,gp,1", "column sort_order: the same field, sort_order stands"),
    ("code_names", "participant,family", "participant,school", "'school' is a service area, and is named"),
    ("code_names", "sender,hospital", "sender,clinic", "the sender 'hospital' has no name. Add a row"),
    ("meeting_forms", "\nag,", "\nagg,", "'agg' is not accepted for a coordination meeting (did you mean 'ag'?)"),
    ("meeting_forms", "\nag,", "\nnettverksmøte,", "'nettverksmøte' is not accepted for a coordination meeting. Correct it"),
    ("meeting_forms", "\nag,", "\nOT,", "column accepted: the same accepted stands on line 5"),
    ("meeting_forms", "ag,responsibility_group", "ag,other", "column meeting_form: 'other' is not a form of meetings"),
    ("assumptions", ",1,2,4,false", ",3,2,4,false", "column middle: 2 is less than low, 3"),
    ("kostra_functions", "home_care,258,2024", "home_care,258,2023", "column first_year: home_care has"),
    ("kostra_functions", "school,202", "skole,202", "'skole' is no service area"),
    ("kpr_services", "support_contact,9", "support_contract,9", "did you mean 'support_contract'?"),
    ("kpr_counted_services", "kostra_user,meals", "kostra,meals", "did you mean 'kostra_user'?"),
    ("kpr_counted_services", "kostra_user,meals", "kostra_user,meal", "did you mean 'meals'?"),
    ("code_map", "tjenestekode,meals,mat", "tjenestekode,meal,mat", "'meal' is no service of KPR"),
    ("code_list_values", "tjenestekode,5,meals", "tjenestekode,5,meal", "'meal' is no service of KPR"),
    ("code_map", "rolle,coordinator,koord.", "rolle,coordinator,2", "'2' means other things in other systems. Move it"),
    ("code_list_values", "bufdir_ip,status,3", "bufdir,status,3", "no code list 'bufdir' of status (did you mean 'bufdir_ip'?)"),
    ("code_list_values", "status,3,in_assessment", "status,3,assessed", "no word of status means 'assessed'"),
    ("code_list_values", "bufdir_ip,status,3", "bufdir_ip,status,03", "'03' is not a number without leading zeros"),
    ("code_list_values", "bufdir_ip,status,3", "bufdir_ip,status,2", "the same code_list, field, number stands on line"),
    ("code_lists", "bufdir_ip,status", "bufdir_ip,samtykke", "no number of the code list bufdir_ip says anything of samtykke"),
    ("code_lists", "kostra_11f,status,false", "kostra_11f,status,maybe", "column unless_declared: 'maybe' is not an answer"),
    ("code_lists", "ja_nei_1_2,samtykke,false", "ja_nei_1_2,samtykke,true", "numbers of samtykke are of ja_nei_1_0 already"),
    ("rules", "Rett datoen i kilden.", "", "column advice_nb: the cell is empty"),
    ("code_names", "meeting_form,follow_up_team", "meeting_form,team", "the meeting_form 'follow_up_team' has no name"),
    ("breaks", ",,2022", "1507,,2022", "'1507' is no municipality of today"),
    ("breaks", "child_coordinator_rate", "child_rate", "did you mean 'child_coordinator_rate'?"),
]  # fmt: skip


@pytest.fixture(name="copy")
def _copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FOLDER, tmp_path / "seeds"))


def test_the_seeds_are_sound() -> None:
    assert [str(fault) for fault in check_seeds(FOLDER)] == []


def test_every_seed_is_checked() -> None:
    assert {file.stem for file in FOLDER.glob("*.csv")} == SEEDS.keys()


@pytest.mark.parametrize(("seed", "there", "instead", "said"), BROKEN)
def test_a_broken_seed_is_told(copy: Path, seed: str, there: str, instead: str, said: str) -> None:
    file = copy / f"{seed}.csv"
    text = file.read_text(encoding="utf-8")
    assert there in text
    everywhere = there in ("heldogn,", "standard,")
    file.write_text(text.replace(there, instead, -1 if everywhere else 1), encoding="utf-8")
    faults = [str(fault) for fault in check_seeds(copy)]
    assert any(said in fault for fault in faults), faults
    form = r"seeds/\w+\.csv, line \d+, column \S+: .+\. [A-Z].+\."
    assert all(re.fullmatch(form, fault) for fault in faults), faults


def test_a_seed_that_is_gone_or_of_another_encoding_is_told(copy: Path) -> None:
    (copy / "rules.csv").unlink()
    text = (copy / "code_map.csv").read_text(encoding="utf-8")
    (copy / "code_map.csv").write_bytes(text.encode("cp1252"))
    told = [str(fault) for fault in check_seeds(copy)]
    assert told == [
        "seeds/code_map.csv, line 1, column -: the file is not UTF-8. Save it as UTF-8.",
        "seeds/rules.csv, line 1, column -: there is no such file. Put it back.",
    ]


def test_many_faults_are_told_in_few_lines(copy: Path) -> None:
    file = copy / "municipalities.csv"
    file.write_text(file.read_text(encoding="utf-8").replace(",2019,", ",19,"), encoding="utf-8")
    with pytest.raises(SamordnaError) as raised:
        require_sound(copy)
    lines = str(raised.value).splitlines()
    assert len(lines) == 22
    assert re.fullmatch(r"\.\.\. and \d+ more\.", lines[-1])


def test_nothing_is_read_while_the_seeds_are_broken(
    copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = SmallHome(tmp_path / "home").source("epj", "koordinator")
    small.deliver("epj", "20240131", as_csv([coordinator("A-1", 1, "2021-01-01")]))
    file = copy / "parameters.csv"
    file.write_text(file.read_text(encoding="utf-8").replace("unit", "enhet", 1), encoding="utf-8")
    monkeypatch.setattr(installation, "SEEDS", copy)
    with pytest.raises(SamordnaError, match=r"parameters\.csv, line 1, column unit: the column is"):
        load_installation(Home(small.home.root))
    assert not small.home.landing.exists()


def test_every_code_that_a_mart_of_meetings_notices_or_the_register_knows_has_a_name() -> None:
    with (PROJECT / "seeds" / "code_names.csv").open(encoding="utf-8", newline="") as lines:
        named = {(row["field"], row["code"]) for row in csv.DictReader(lines)}
    with (PROJECT / "seeds" / "service_areas.csv").open(encoding="utf-8", newline="") as lines:
        named |= {("participant", row["service_area"]) for row in csv.DictReader(lines)}
    marts = (
        "meeting_count",
        "meeting_form_count",
        "meeting_participation",
        "notice_flow",
        "notice_sender",
        "register_mirror",
        "register_mirror_cause",
    )
    fields = {
        "step": "notice_step",
        "outcome": "notice_step",
        "figure": "register_figure",
        "cause": "register_cause",
    }
    known = set()
    for mart in marts:
        file = DBT_PROJECT / "models" / "marts" / f"{mart}.yml"
        (model,) = yaml.safe_load(file.read_text(encoding="utf-8"))["models"]
        for column in model["columns"]:
            for test in column.get("data_tests", ()):
                field = fields.get(column["name"], column["name"])
                known |= {(field, code) for code in test["accepted_values"]["arguments"]["values"]}
    # The kinds of error stand in the seed of the rules, which holds them to its own list.
    assert known | {("error_kind", each) for each in ("registration", "extract", "code")} == named
