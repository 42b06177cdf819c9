"""The page *Sammenlign*: who is compared, what is found, and that packages alone decide it."""

from __future__ import annotations

import datetime as dt
import io
import json
import math
import shutil
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow.parquet as pq
import pytest
from python_calamine import CalamineWorkbook

from dagster_project.config.paths import Home
from dagster_project.reference.municipalities import municipalities
from dagster_project.reference.share_plan import share_plan
from dagster_project.sharing.held import Refused, note_refused
from dagster_project.sharing.refusal import Refusal
from dashboards.charts.colours import LIGHT
from dashboards.content import comparison, comparison_files
from dashboards.content.comparison_notes import filters
from dashboards.content.section import Section
from dashboards.content.shared_figures import SideBySide, gather, measured_of
from dashboards.content.shared_labels import SharedLabels
from dashboards.export.cube import MEASURES
from dashboards.export.table import Table
from dashboards.i18n.texts import Language, Texts
from dashboards.pages import PageKey
from dashboards.queries.shared import received
from dashboards.render.page_runner import open_view
from dashboards.view.preferences import Preferences
from dashboards.view.sharing import SharedName, SharedOffer, unions
from dashboards.view.state import write_query
from tests.support.opened_page import open_page
from tests.support.packages import BASE, USUAL, Made, inner, keep
from tests.support.publication import LARGE, standing_home

OWN = "3203"
KINN = "4602"


@pytest.fixture(scope="module", name="home")
def _home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("packages")
    keep(root)
    return root


def _opened(home: Path, language: str = "nb", **address: str | list[str]) -> Any:
    query = {name: [value] if isinstance(value, str) else value for name, value in address.items()}
    query = {"municipality": [OWN], "lang": [language], **query}
    return open_view(PageKey.COMPARISON, Home(home), Preferences(), query)


def _found(home: Path, **address: str | list[str]) -> SideBySide:
    opened = _opened(home, **address)
    return gather(opened.labels, opened.view)


def _sections(home: Path, language: str = "nb", **address: str | list[str]) -> list[Section]:
    opened = _opened(home, language, **address)
    return list(comparison.sections(opened.labels, opened.view))


def _section(sections: Sequence[Section], key: str) -> Section:
    return next(each for each in sections if each.key == key)


def _table(sections: Sequence[Section], key: str) -> Table:
    table = _section(sections, key).table
    assert table is not None
    return table


def _lead(sections: Sequence[Section]) -> Sequence[str]:
    return next(each.lead for each in sections if each.lead)


def _made(code: str) -> Made:
    return next(each for each in USUAL if each.code == code)


@pytest.mark.parametrize(
    ("language", "named"),
    [
        ("nb", "Kinn ligger høyere (én av 7 andre). Forskjellen er større enn tilfeldigheter"),
        ("nn", "Kinn ligg høgare (éin av 7 andre). Skilnaden er større enn tilfeldig variasjon"),
        ("en", "Kinn is higher (one of 7 others). The difference is more than chance"),
    ],
)
def test_the_page_leads_with_who_does_better(home: Path, language: str, named: str) -> None:
    lead, *beside = _lead(_sections(home, language))
    assert named in lead
    assert any("Steinkjer" in sentence for sentence in beside)


def test_every_count_is_that_of_the_package(home: Path) -> None:
    for code, age, area in ((OWN, "67+", "all"), (KINN, "0-17", "home_care"), (KINN, "all", "all")):
        found = _found(home, age=age, area=area)
        standing = next(each for each in found.ranked if each.municipality == code)
        made = _made(code)
        number = ["all", *made.areas].index(area)
        cells = inner(made)[-1, number][list(unions()[age])]
        assert standing.measured is not None
        assert standing.measured.denominator == cells.sum()
        assert standing.measured.numerator == cells[:, 1:].sum()


def test_means_are_weighted_and_unweighted(home: Path) -> None:
    found = _found(home)
    counted = [inner(_made(each.municipality))[-1, 0] for each in found.ranked]
    assert found.group is not None
    whole = sum(each.sum() for each in counted)
    with_coordinator = sum(each[:, 1:].sum() for each in counted)
    assert found.group.pooled == pytest.approx(with_coordinator / whole)
    assert found.group.mean == pytest.approx(
        np.mean([each[:, 1:].sum() / each.sum() for each in counted])
    )
    assert "vektet gjennomsnitt" in _lead(_sections(home))[2]


def test_who_is_not_compared_is_neither_ranked_nor_drawn(home: Path) -> None:
    sections = _sections(home)
    apart = {row[0]: (row[1], row[-1]) for row in _table(sections, "shared_apart").rows}
    assert apart.keys() == {"Bamble", "Steinkjer", "Suldal", "Ålesund"}
    assert "Bør ikke sammenlignes" in str(apart["Bamble"][1])
    assert apart["Steinkjer"] == (
        "april 2025",
        "Kommunen har ikke delt denne måneden. Tallet er fra april 2025.",
    )
    assert "definisjonssett (2025.1, her 2026.2)" in str(apart["Suldal"][1])
    assert "slått sammen eller delt" in str(apart["Ålesund"][1])
    ranked = {row[0] for row in _table(sections, "shared_table").rows}
    assert not ranked & apart.keys()
    for key in ("shared_funnel", "shared_intervals"):
        picture = _section(sections, key).picture
        assert picture is not None
        drawn = picture.draw(LIGHT).to_json()
        assert all(name.encode("unicode_escape").decode() not in drawn for name in apart)
        assert "Kinn" in drawn


def test_a_grade_stands_as_shape_letter_and_word(home: Path) -> None:
    grades = {row[0]: str(row[1]) for row in _table(_sections(home), "shared_table").rows}
    assert grades["Kinn"].replace("\u00a0", " ") == "■ B, kan sammenlignes"
    assert grades["Ullensvang"].startswith("●")
    assert grades["Tromsø"].startswith("▲")


def test_the_month_is_the_newest_that_all_who_deliver_have_reached(tmp_path: Path) -> None:
    made = [Made("3203", newest="2025-12"), Made("4602", newest="2025-11"), Made("5530")]
    keep(tmp_path, made)
    assert _found(tmp_path).month == "2025-11"
    # Whoever chooses a newer one is told who has not come so far.
    later = _found(tmp_path, month="2025-12")
    assert later.month == "2025-12"
    assert [each.municipality for each in later.apart] == ["4602"]
    # A month that nobody has shared is none.
    assert _found(tmp_path, month="1999-01").month == "2025-11"


def test_a_municipality_whose_parameters_differ_is_apart_where_they_matter(tmp_path: Path) -> None:
    made = [Made("3203"), Made("4602", parameters=(("living_plan_days", "200"),)), Made("5530")]
    keep(tmp_path, made)
    assert not _found(tmp_path).apart
    (apart,) = _found(tmp_path, indicator="living_plan_share").apart
    assert apart.municipality == "4602"
    assert apart.reason is not None
    assert apart.reason.startswith("Kommunen teller på en annen måte: ")


def test_a_group_that_the_settings_name_is_compared_with(home: Path) -> None:
    groups = (("KOSTRA-gruppe 2", ("4602", "5530", "0301")), ("Tomt", ("0301", "1103")))
    preferences = Preferences(groups=groups)
    query = {"municipality": ["3203"], "among": ["group:KOSTRA-gruppe 2"]}
    opened = open_view(PageKey.COMPARISON, Home(home), preferences, query)
    assert isinstance(opened.offer, SharedOffer)
    assert opened.offer.whom()[-2:] == ["group:KOSTRA-gruppe 2", "group:Tomt"]
    assert isinstance(opened.labels, SharedLabels)
    found = gather(opened.labels, opened.view)
    assert {each.municipality for each in found.everybody} == {"3203", "4602", "5530"}
    assert "KOSTRA-gruppe 2" in filters(found)
    assert write_query(opened.view)["among"] == ["group:KOSTRA-gruppe 2"]
    gone = open_view(PageKey.COMPARISON, Home(home), Preferences(), query)
    assert SharedName.AMONG in gone.complaints
    assert gone.view.shared.among_written == "everybody"


@pytest.mark.parametrize(
    ("among", "beside"),
    [
        ({"among": "county"}, {"3203"}),
        ({"among": "chosen", "peers": ["4602", "9999"]}, {"3203", "4602"}),
        ({"among": "chosen"}, {"3203"}),
    ],
)
def test_whom_to_compare_is_chosen(home: Path, among: dict[str, Any], beside: set[str]) -> None:
    found = _found(home, **among)
    assert {each.municipality for each in found.everybody} == beside


def test_of_one_alone_nothing_is_tested(home: Path) -> None:
    sections = _sections(home, among="chosen")
    assert "ingen andre kommuner" in _lead(sections)[0]
    assert any("minst to kommuner" in each.absence for each in sections)


def test_similar_ones_are_those_that_the_weights_make_similar(home: Path) -> None:
    by_size = _table(_sections(home, weights="3-0-0"), "shared_alike")
    inhabitants = [row[2] for row in by_size.rows]
    own, *others = [math.log(float(str(each))) for each in inhabitants]
    distances = [abs(each - own) for each in others]
    assert distances == sorted(distances)
    by_age = _table(_sections(home, municipality="5530", weights="0-3-0"), "shared_alike")
    assert [row[0] for row in by_age.rows] != [row[0] for row in by_size.rows]


def test_less_of_a_bad_thing_is_better(home: Path) -> None:
    found = _found(home, municipality="5501", indicator="plan_without_coordinator")
    better = found.better()
    assert better
    assert all(each.standing.value < found.own.value for each in better)
    lead = _lead(_sections(home, municipality="5501", indicator="plan_without_coordinator"))[0]
    assert "som her er bedre" in lead


def _of(code: str, with_coordinator: int, without: int, **settings: Any) -> Made:
    """Return a municipality of one month with so many with and without a coordinator.

    Those with one stand in cells of the base, each of which is 1 to the base in truth.
    """
    cells = np.zeros((1, 1, *share_plan().plan.shape), np.int32)
    many = with_coordinator // BASE
    for at in range(many):
        cells[0, 0, 6 + at // 9 % 4, 1 + at % 9 // 3, at % 3] += BASE
    cells[0, 0, 6, 0, 0] = without
    return Made(code, months=1, areas=(), counts=cells, **settings)


def test_a_difference_that_rounding_can_make_is_not_claimed(tmp_path: Path) -> None:
    """30 of 60 against 15 of 60 is beyond chance, but not when each sum may be fourteen off."""
    keep(
        tmp_path / "exact",
        [_of("3203", 15, 45, worst_margin=0), _of("4602", 30, 30, worst_margin=0)],
    )
    keep(
        tmp_path / "coarse",
        [_of("3203", 15, 45, worst_margin=14), _of("4602", 30, 30, worst_margin=14)],
    )
    (exact,) = _found(tmp_path / "exact").tested
    (coarse,) = _found(tmp_path / "coarse").tested
    assert exact.is_sure
    assert not coarse.is_sure
    assert coarse.by_rounding
    sections = _sections(tmp_path / "coarse")
    assert "kan sies å ligge høyere" in _lead(sections)[0]
    assert "avrundingen alene" in " ".join(_section(sections, "shared_tests").remarks)


def test_a_side_of_the_funnel_is_claimed_only_where_rounding_leaves_it(tmp_path: Path) -> None:
    others = [_of(code, 300, 700) for code in ("4601", "1103", "5501")]
    keep(tmp_path / "exact", [_of("3203", 60, 40, worst_margin=0), *others])
    keep(tmp_path / "coarse", [_of("3203", 60, 40, worst_margin=30), *others])
    assert _found(tmp_path / "exact").own.outside_998 == 1
    assert _found(tmp_path / "coarse").own.outside_998 == 0


def test_with_ten_municipalities_overdispersion_is_measured(tmp_path: Path) -> None:
    codes = ["3203", "4602", "5530", "4601", "1103", "4618", "5501", "3907", "5006", "1134"]
    keep(tmp_path, [Made(code, level=0.5 + 0.1 * at) for at, code in enumerate(codes)])
    found = _found(tmp_path)
    assert found.spread is not None
    assert found.spread.ratio > 1
    picture = _section(_sections(tmp_path), "shared_funnel").picture
    assert picture is not None
    assert "overspredning" in picture.remarks[-1]
    nine = _found(tmp_path, among="chosen", peers=codes[1:9])
    assert nine.spread is None


@pytest.mark.parametrize(
    ("language", "stopped", "merged"),
    [
        ("nb", "ikke har delt tall på en stund", "slått sammen eller delt siden"),
        ("nn", "ikkje har delt noko på ei stund", "slått saman eller delt sidan"),
        ("en", "have not shared figures for a while", "merged or been divided since"),
    ],
)
def test_who_stopped_delivering_and_who_merged_has_a_sentence(
    home: Path, language: str, stopped: str, merged: str
) -> None:
    beside = " ".join(_lead(_sections(home, language)))
    assert "Steinkjer" in beside
    texts = Texts(Language(language))
    assert stopped in texts("comparison.month_stopped", municipalities="Steinkjer")
    assert merged in texts("comparison.apart_merged")
    apart = next(each for each in _found(home).apart if each.municipality == "1507")
    assert apart.reason == Texts(Language.NB)("comparison.apart_merged")


def test_a_break_from_before_the_lines_begin_is_not_listed(tmp_path: Path) -> None:
    breaks = tuple(
        ("coordinator_coverage", month, "system_change") for month in ("2020-01", "2025-03")
    )
    keep(tmp_path, [Made(OWN, breaks=breaks), _made(KINN)])
    picture = _section(_sections(tmp_path), "shared_series").picture
    assert picture is not None
    listed = [each for each in picture.remarks if each.startswith("Brudd i serien")]
    assert len(listed) == 1
    assert "mars 2025" in listed[0]


def test_a_very_large_group_is_drawn_as_its_spread(tmp_path: Path) -> None:
    codes = [OWN, *sorted(code for code in municipalities().name_today if code != OWN)[:44]]
    keep(tmp_path, [Made(code, level=0.6 + 0.02 * at) for at, code in enumerate(codes)])
    picture = _section(_sections(tmp_path), "shared_series").picture
    assert picture is not None
    assert "åtte av ti kommuner" in " ".join(picture.remarks)
    figure = picture.draw(LIGHT)
    (group,) = [trace for trace in figure.data if trace.name == "Gruppen samlet"]
    # December of two years, whose values are in the middle of the group's.
    assert [str(day)[:7] for day in group.x] == ["2024-12", "2025-12"]
    found = _found(tmp_path)
    values = [each.value for each in found.ranked]
    assert group.y[-1] == pytest.approx(np.median(values))
    bands = [trace for trace in figure.data if trace.fill == "toself"]
    ends = [(max(trace.y), min(trace.y)) for trace in bands if len(trace.x) == 4]
    assert ends
    assert ends[0][0] <= max(values) + 0.05


def test_nobody_is_held_against_herself_in_the_barometer(home: Path) -> None:
    rows = {row[0]: row for row in _table(_sections(home), "shared_barometer").rows}
    assert len(rows) == len(share_plan().plan.indicators)
    found = _found(home)
    others = [each.measured for each in found.ranked if each.municipality != OWN and each.measured]
    expected = sum(each.numerator for each in others) / sum(each.denominator for each in others)
    assert rows["Koordinatordekning"][2] == pytest.approx(expected)
    rank = 1 + sum(each.value > found.own.value for each in found.ranked)
    assert rows["Koordinatordekning"][5] == f"{rank} av 8"


def test_what_lies_before_a_break_is_not_held_against_what_comes_after(home: Path) -> None:
    sections = _sections(home)
    picture = _section(sections, "shared_series").picture
    assert picture is not None
    assert "i mars 2025 til" in picture.title
    assert any("Brudd i serien for Asker fra mars 2025" in each for each in picture.remarks)
    assert "Brudd i serien fra mars 2025" in str(
        next(row[-1] for row in _table(sections, "shared_table").rows if row[0] == "Asker")
    )


def test_the_country_is_a_line_of_another_definition(home: Path) -> None:
    sections = _sections(home)
    picture = _section(sections, "shared_series").picture
    assert picture is not None
    assert any("definert på en annen måte" in each for each in picture.remarks)
    assert "Landet 2021*" in picture.draw(LIGHT).to_json()
    table = _table(sections, "shared_national")
    assert ("Ny versjon av IPLOS ga mangelfull registrering" in row for row in table.rows)
    assert not [
        each
        for each in _sections(home, indicator="meeting_coverage")
        if each.key == "shared_national"
    ]


def test_the_files_hold_the_same_figures(home: Path) -> None:
    found = _found(home, age="67+", area="home_care")
    made = {each.kind: each.make() for each in next(comparison_files.sections(found)).downloads}
    table = pq.read_table(io.BytesIO(made["parquet"]))
    about = table.schema.metadata
    assert b"read_parquet" in about[b"README"]
    rows = table.to_pylist()
    packages = found.labels.received.packages
    for row in rows[::37]:
        cut = replace(
            found.view,
            indicator=row["indicator"],
            age_group=row["age_group"],
            service_area=row["service_area"],
        )
        measured = measured_of(packages[row["municipality"]], cut, row["month"])
        assert measured is not None
        assert (row["events"], row["persons"]) == (measured.numerator, measured.denominator)
        assert row["rounding_low"] <= row["value"] <= row["rounding_high"]
    never = {"1134", "1507", "4012", "5006"}
    for row in rows:
        is_compared = row["municipality"] not in never and row["persons"] >= 10
        assert bool(row["not_compared"]) is not is_compared
    dataset = json.loads(made["json"])
    assert (dataset["version"], dataset["class"]) == ("2.0", "dataset")
    assert dataset["id"] == [*dataset["dimension"]]
    assert dataset["size"] == [
        len(dataset["dimension"][each]["category"]["index"]) for each in dataset["id"]
    ]
    first = rows[0]
    at = 0
    for name, size in zip(dataset["id"][:-1], dataset["size"], strict=False):
        at = at * size + dataset["dimension"][name]["category"]["index"].index(first[name])
    for number, measure in enumerate(MEASURES):
        value = dataset["value"].get(str(at * len(MEASURES) + number))
        assert value == (
            None if first[measure] is None else pytest.approx(first[measure], abs=1e-6)
        )
    assert max(map(int, dataset["value"])) < math.prod(dataset["size"])
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(made["xlsx"]))
    assert workbook.sheet_names[-1] == "README"
    sheet = workbook.get_sheet_by_index(0).to_python()
    assert len(sheet) == len(rows) + 1


@pytest.fixture(name="standing")
def _standing() -> Path:
    """Make the publication before anything is noted."""
    return standing_home()


class _Opened:
    """Notes every file that is opened while it is on."""

    def __init__(self) -> None:
        self.files: set[str] = set()
        self.is_on = False
        # A hook cannot be taken away again, so it is switched off.
        sys.addaudithook(self._note)

    def _note(self, event: str, arguments: tuple[object, ...]) -> None:
        if self.is_on and event == "open":
            self.files.add(str(arguments[0]))


@pytest.fixture(name="noted")
def _noted(monkeypatch: pytest.MonkeyPatch) -> Iterator[_Opened]:
    noted = _Opened()
    opener = pq.ParquetFile

    def open_parquet(file: object, *args: object, **settings: object) -> pq.ParquetFile:
        noted.files.add(str(file))
        return opener(file, *args, **settings)

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a publication was asked")

    monkeypatch.setattr(pq, "ParquetFile", open_parquet)
    monkeypatch.setattr(duckdb, "connect", refuse)
    monkeypatch.setattr(duckdb.DuckDBPyConnection, "cursor", refuse, raising=False)
    yield noted
    noted.is_on = False


def test_no_file_of_a_publication_is_opened(
    standing: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, noted: _Opened
) -> None:
    """Every number is a function of the packages: nothing else of the home is read for it."""
    shutil.copytree(standing / "published", tmp_path / "published")
    keep(tmp_path)
    monkeypatch.setenv("SAMORDNA_HOME", str(tmp_path))
    noted.is_on = True
    opened = open_page(PageKey.COMPARISON, municipality=OWN, lang="nb")
    noted.is_on = False
    assert len(opened.pictures) == 4
    of_home = {file for file in noted.files if file.startswith(str(tmp_path))}
    assert any(file.endswith("counts.parquet") for file in noted.files)
    beside = {str(tmp_path / "sources.yml"), str(tmp_path / "state" / "views.json")}
    received_only = {file for file in of_home - beside if "/received/" not in file}
    assert not {file for file in received_only if "/published/" in file}
    assert not {file for file in received_only if file.endswith(".parquet")}
    # And a home that has nothing but the packages shows the same.
    alone = tmp_path / "alone"
    shutil.copytree(tmp_path / "received", alone / "received")
    monkeypatch.setenv("SAMORDNA_HOME", str(alone))
    without = open_page(PageKey.COMPARISON, municipality=OWN, lang="nb")
    for css_class in ("lead", "remark", "finding", "notes"):
        assert without.texts(css_class) == opened.texts(css_class)


@pytest.mark.parametrize("language", Language)
def test_where_nobody_has_shared_the_page_says_how_to_get_packages(
    language: Language, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAMORDNA_HOME", str(tmp_path))
    (told,) = open_page(PageKey.COMPARISON, lang=language).texts("told")
    assert "samordna receive" in told


@pytest.mark.parametrize("language", Language)
def test_a_home_of_packages_alone_leads_to_the_page(
    language: Language, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAMORDNA_HOME", str(home))
    opened = open_page(PageKey.FRONT, lang=language)
    assert opened.texts("told") == [Texts(language)("unreadable.only_packages")]
    (link,) = opened.app.get("page_link")
    assert link.proto.page == "comparison"


def test_a_package_that_was_cut_is_named_and_the_others_are_compared(tmp_path: Path) -> None:
    keep(tmp_path)
    (file,) = (tmp_path / "received" / KINN).rglob("counts.parquet")
    file.write_bytes(file.read_bytes()[:-200])
    lead, *beside = _lead(_sections(tmp_path))
    assert "Kinn" not in lead
    assert any("Pakken kan ikke leses: Kinn" in sentence for sentence in beside)


def test_a_damaged_list_of_packages_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(tmp_path)
    (tmp_path / "received" / "current.json").write_text("{", encoding="utf-8")
    for kept in (tmp_path / "received").glob("current.json?*"):
        kept.unlink()
    monkeypatch.setenv("SAMORDNA_HOME", str(tmp_path))
    (told,) = open_page(PageKey.COMPARISON, lang="nb").texts("told")
    assert told.startswith("Listen over mottatte pakker kan ikke leses.")


@pytest.mark.parametrize("language", Language)
def test_a_file_that_was_refused_is_named_with_what_to_do(
    language: Language, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(tmp_path)
    monkeypatch.setenv("SAMORDNA_HOME", str(tmp_path))
    refused = Refused(
        dt.datetime(2026, 1, 9, tzinfo=dt.UTC),
        "4602-2025-12-v1.zip",
        "0" * 64,
        Refusal.SENDER_UNKNOWN,
    )
    note_refused(Home(tmp_path), refused)
    (row,) = _table(_sections(tmp_path, language), "refused_packages").rows
    assert row[1:] == ("4602-2025-12-v1.zip", Texts(language)("refusal.sender_unknown"))


def test_shown_counts_are_never_below_the_base(home: Path) -> None:
    labels = SharedLabels(received(Home(home)), Texts(Language.NB))
    for package in labels.received.packages.values():
        block = package.block(package.months[-1], "all")
        assert block is not None
        assert not ((block > 0) & (block < BASE)).any()


def test_the_filters_follow_the_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAMORDNA_HOME", str(standing_home()))
    opened = open_page(PageKey.COMPARISON, municipality=LARGE)
    before = opened.html
    for parameter, value in (("among", "similar"), ("by", "areas"), ("month", "2025-06")):
        opened.choose(parameter, value)
        assert opened.address(parameter) == [value]
        assert opened.html != before
        before = opened.html
    opened.app.slider(key="weight_size").set_value(3)
    opened.run()
    assert opened.address("weights") == ["3-1-1"]
    assert not opened.app.warning
