"""The texts of the interface: complete in three languages, used, and written as Norway writes."""

import ast
import csv
import datetime as dt
import re
from string import Formatter

import pytest

from dagster_project.config.paths import PROJECT
from dagster_project.contract import RECORD_TYPES
from dagster_project.problems import TEXTS
from dashboards.i18n.texts import LOCALES, Language, Texts, alphabetical, load_locale
from expectations.runner import suite
from tests.support.languages import BOKMAL_ONLY

# The one key that is put together of a page's name.
_PAGE_HEADING = r"[^.]+\.heading"
NB, NN, EN = Texts(Language.NB), Texts(Language.NN), Texts(Language.EN)


def _seed(name: str) -> list[dict[str, str]]:
    with (PROJECT / "seeds" / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def _sections() -> set[str]:
    return {key.split(".")[0] for key in load_locale(Language.NB)}


def _written_in_code() -> tuple[set[str], set[str]]:
    """Return the keys that the code names, and the patterns of those it puts together."""
    whole: set[str] = set()
    patterns: set[str] = set()
    plurals: set[str] = set()
    for file in (PROJECT / "dashboards").rglob("*.py"):
        nodes = list(ast.walk(ast.parse(file.read_text(encoding="utf-8"))))
        parts = {
            id(part) for node in nodes if isinstance(node, ast.JoinedStr) for part in node.values
        }
        for node in nodes:
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                if id(node) not in parts and re.fullmatch(r"[a-z_]+(\.[a-z0-9_]+)+", node.value):
                    whole.add(node.value)
            elif isinstance(node, ast.JoinedStr):
                pattern = "".join(
                    re.escape(str(part.value)) if isinstance(part, ast.Constant) else r"[^.]+"
                    for part in node.values
                )
                if r"\." in pattern and " " not in pattern:
                    patterns.add(pattern)
            elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "of_code":
                (kind, _) = node.args
                if isinstance(kind, ast.Constant):
                    patterns.add(rf"{kind.value}\..+")
            elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "plural":
                key = node.args[0]
                if isinstance(key, ast.Constant):
                    patterns.add(rf"{re.escape(key.value)}_(none|one|several)")
                    plurals.add(key.value)
    sections = _sections()
    return (
        {key for key in whole - plurals if key.split(".")[0] in sections},
        {each for each in patterns if each.split(r"\.")[0] in sections or each == _PAGE_HEADING},
    )


@pytest.mark.parametrize("language", [Language.NN, Language.EN])
def test_the_languages_hold_the_same_keys_and_placeholders(language: Language) -> None:
    bokmal, other = load_locale(Language.NB), load_locale(language)
    assert set(bokmal) == set(other)
    differing = [key for key in bokmal if _placeholders(bokmal[key]) != _placeholders(other[key])]
    assert not differing


def test_every_key_in_the_code_exists() -> None:
    named, patterns = _written_in_code()
    keys = set(load_locale(Language.NB))
    assert named <= keys
    assert len(named) > 100
    assert all(any(re.fullmatch(pattern, key) for key in keys) for pattern in patterns)


def test_every_key_is_used_by_the_code() -> None:
    named, patterns = _written_in_code()
    unused = [
        key
        for key in load_locale(Language.NB)
        if key not in named and not any(re.fullmatch(pattern, key) for pattern in patterns)
    ]
    assert unused == []


@pytest.mark.parametrize("language", list(Language))
def test_no_text_is_empty_or_has_loose_ends(language: Language) -> None:
    for key, text in load_locale(language).items():
        assert text.strip() == text, key
        assert text, key
        assert "  " not in text, key
        assert "!" not in text, key


def test_the_files_are_those_of_the_three_languages() -> None:
    assert {folder.name for folder in LOCALES.iterdir()} == set(Language)
    files = [{file.name for file in (LOCALES / language).iterdir()} for language in Language]
    assert files[0] == files[1] == files[2]


def test_nynorsk_is_nynorsk() -> None:
    found = {
        key: text
        for key, text in load_locale(Language.NN).items()
        if BOKMAL_ONLY.search(text) and not key.startswith("language.")
    }
    assert found == {}


# Wordings that readers stumbled over: translated English, the talk of tests and of developers, and
# two words for one thing.
FORBIDDEN = {
    Language.NB: (
        r"tilfeldigheter slår",
        r"å telle blant",
        r"uten at tilfeldig variasjon skiller",
        r"prosentpoeng (flere|færre)",
        r"kan ikke forekomme",
        r"holdt utenfor",
        r"\bsnitte?t?\b",
        r"\bherav\b",
        r"forside",
        r"\btelt dag\b",
        r"opphører",
        r"den midterste halvdelen|den midterste halvparten",
        r"\(gir [A-D{]",
        r"av en regel",
        r"streken? utenom null",
        r"ikke ligget fast",
        r"følge av avvik|først levert slik|hvorfor ikke bedre",
        r"ikke endret fra|er endret fra året",
        r"\bfila\b",
    ),
    Language.NN: (
        r"\w+heit(a|er|ene)?\b",
        r"å telje blant",
        r"prosentpoeng (fleire|færre)",
        r"kan ikkje førekome",
        r"haldne? utanfor|halden utanfor",
        r"\bsnitte?t?\b",
        r"\btal på\b(?! registreringar)",
        r"\bderfor\b",
        r"\b(blei|gjeve|gjev|gje|viss)\b",
        r"oversikt",
        r"\bframside|\btald? dag\b",
        r"kontrollar er (ikkje )?bestått\b",
        r"\b(frå|i|av|til|legg|kopier|eksporter|opne|gi) ho\b",
        r"tjukna",
        r"dei det blir talt av",
        r"\b(har|verken ein|høgast|som) del\b|^del (av|med)|\bdelane er\b",
        r"\(gir [A-D{]",
        r"av ein regel",
        r"strek utanom null",
    ),
    Language.EN: (
        r"count among|counted among",
        r"chance (weighs|tells)",
        r"no further apart",
        r"told from chance",
        r"points (more|fewer)",
        r"what lies behind",
        r"whom several systems",
        r"\bpersons\b",
        r"\(gives [A-D{]",
        r"by a rule",
        r"front page",
    ),
}
_SEEDS = ("indicators", "measures", "waterfall_steps", "rules", "parameters", "code_names")


@pytest.mark.parametrize("language", list(Language))
def test_old_wordings_do_not_come_back(language: Language) -> None:
    texts = dict(load_locale(language))
    for name in _SEEDS:
        for number, row in enumerate(_seed(name), start=2):
            for column in (f"name_{language}", f"definition_{language}", f"advice_{language}"):
                texts[f"{name}.csv:{number}:{column}"] = row.get(column, "")
    if language is Language.NB:
        for guide in (PROJECT / "docs" / "guide").glob("*.md"):
            texts[guide.name] = guide.read_text(encoding="utf-8")
    pattern = re.compile("|".join(FORBIDDEN[language]), re.IGNORECASE | re.MULTILINE)
    found = {
        key: match[0]
        for key, text in texts.items()
        if (match := pattern.search(re.sub(r"\{\w+\}", "{0}", text)))
    }
    assert found == {}


@pytest.mark.parametrize(
    ("section", "codes"),
    [
        ("action", {row["action"] for row in _seed("rules")}),
        ("severity", {row["severity"] for row in _seed("rules")}),
        ("age_scheme", {row["age_scheme"] for row in _seed("age_groups")}),
        ("status", {"in_force", "replaced", "held", "failed", "repeated"}),
    ],
)
def test_every_code_of_the_pipeline_has_its_words(section: str, codes: set[str]) -> None:
    assert {code for code in codes if not NB.known(f"{section}.{code}")} == set()


def test_every_check_has_its_words() -> None:
    checks = {check.name for each in (*RECORD_TYPES, "marts") for check in suite(each).checks}
    named = {key for key in load_locale(Language.NB) if key.startswith("check.")}
    assert named == {f"check.{check}" for check in checks}


def test_every_problem_of_a_delivery_has_its_words() -> None:
    of_deliveries = {
        code for code, text in TEXTS.items() if "{source}" in text and "{file}" in text
    } - {"source_unknown_key", "source_invalid", "source_record_changed", "delivery_damaged"}
    named = {code for code in of_deliveries if NB.known(f"problem.{code}")}
    noted = {code for code in of_deliveries if NB.known(f"notice.{code}")}
    assert named | noted == of_deliveries


def test_every_indicator_has_names_for_what_it_counts_and_needs() -> None:
    measures = {row["measure"] for row in _seed("measures")} | {""}
    for row in _seed("indicators"):
        assert {row["numerator_measure"], row["denominator_measure"]} <= measures
        assert all(NB.known(f"record.{need}") for need in row["needs"].split(";"))


def test_every_grade_reason_and_break_has_its_words() -> None:
    grades = [row["grade"] for row in _seed("grades")] + ["D", "X"]
    assert all(NB.known(f"grade.{grade}") for grade in grades)
    models = PROJECT / "dbt" / "models" / "intermediate" / "comparability"
    told = (models / "int_comparability.sql").read_text(encoding="utf-8")
    reasons = set(re.findall(r"'(\w+):'", told))
    assert len(reasons) == 5
    assert {reason for reason in reasons if not NB.known(f"grade.{reason}")} == set()
    kinds = {"system_change", "definition_change", "border_change", "volume", "other"}
    assert all(NB.known(f"break.{kind}") for kind in kinds)


def test_numbers_are_written_with_a_no_break_space_and_the_languages_own_marks() -> None:
    assert NB.whole(1234567) == "1\u00a0234\u00a0567"
    assert NN.whole(1234) == "1\u00a0234"
    assert EN.whole(1234) == "1,234"
    assert NB.decimal(4.1) == "4,1"
    assert EN.decimal(4.1) == "4.1"
    assert NB.per_cent(0.6124) == "61,2\u00a0%"
    assert EN.per_cent(0.6124) == "61.2\u00a0%"
    assert NB.whole(-12) == "\u221212"
    assert NB.signed(12) == "+12"
    assert NB.signed(0) == "0"


def test_dates_are_written_out_in_text_and_short_in_tables() -> None:
    day = dt.date(2025, 12, 31)
    assert NB.date(day) == NN.date(day) == "31. desember 2025"
    assert EN.date(day) == "31 December 2025"
    assert NB.date_in_table(day) == NN.date_in_table(day) == "31.12.2025"
    assert EN.date_in_table(day) == "31/12/2025"
    assert NB.month(day) == "desember 2025"


def test_names_are_sorted_as_norwegians_sort_them() -> None:
    names = ["Åsnes", "Øksnes", "Ås", "Asker", "Ærø", "Zell", "Bø"]
    assert sorted(names, key=alphabetical) == [
        "Asker",
        "Bø",
        "Zell",
        "Ærø",
        "Øksnes",
        "Ås",
        "Åsnes",
    ]
