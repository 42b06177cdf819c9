"""The page of the coordinators: its findings, its pictures and tables, and what absence says."""

import dataclasses
import datetime as dt
import re
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from dagster_project.config.paths import Home
from dagster_project.publication.reader.coverage import Measured, Point
from dagster_project.publication.reader.publication import current_publication
from dashboards.charts.colours import DARK, LIGHT
from dashboards.content import coordinators as content
from dashboards.content import indicator
from dashboards.content.coordinators import CoordinatorFigures
from dashboards.content.indicator import Figure
from dashboards.content.labels import Labels
from dashboards.i18n.texts import NO_BREAK_SPACE, Language, Texts
from dashboards.queries.coordination import Departed, Load
from dashboards.queries.shared import Packages
from dashboards.view.state import View
from tests.support import publication as made
from tests.support.no_figure import absence
from tests.support.opened_page import open_page
from tests.support.publication import AS_OF, EMPTY, LARGE, MIDDLE, SMALL

LANGUAGES = ["nb", "nn", "en"]


@pytest.fixture(name="home", autouse=True)
def _home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    home = made.standing_home()
    monkeypatch.setenv("SAMORDNA_HOME", str(home))
    yield home


def _labels(language: Language = Language.NB, home: Path | None = None) -> Labels:
    root = Home(home or made.standing_home())
    return Labels(current_publication(root), Texts(language), Packages(root))


def _view(municipality: str = LARGE, day: dt.date = AS_OF) -> View:
    return View(Language.NB, municipality, day, "coordinator_coverage", "standard")


def _figures(
    municipality: str = LARGE, day: dt.date = AS_OF, language: Language = Language.NB
) -> CoordinatorFigures:
    figures = content.gather(_labels(language), _view(municipality, day))
    assert isinstance(figures, CoordinatorFigures)
    return figures


def _figure(code: str, municipality: str = LARGE) -> Figure:
    return indicator.figure_of(_labels(), _view(municipality), code)


def _plain(sentence: str) -> str:
    return sentence.replace(NO_BREAK_SPACE, " ")


def _with_measured(figure: Figure, now: Measured, before: Measured) -> Figure:
    """Return the figure with made-up values on its date and a year before."""
    points = (
        Point(AS_OF.replace(year=AS_OF.year - 1), before),
        Point(AS_OF, now),
    )
    return dataclasses.replace(figure, measured=now, points=points)


def _of(count: int, of: int) -> Measured:
    return Measured(count, of, count / of, 0.0, 1.0)


def _loads(**heavy_and_all: tuple[int, int]) -> tuple[Load, ...]:
    """Return loads of areas in which so many of so many coordinators have the heaviest."""
    rows = []
    for area, (heavy, coordinators) in heavy_and_all.items():
        for sector in ("all", "health"):
            rows += [
                Load(area, sector, "1", coordinators - heavy, coordinators - heavy),
                Load(area, sector, "6+", heavy, 7 * heavy),
            ]
    return tuple(row for row in rows if row.coordinators)


def test_the_lead_says_what_each_carries_beside_last_year_and_who_is_left_alone() -> None:
    assert content.headline(_figures()) == (
        "287 koordinatorer følger opp 637 personer, i gjennomsnitt 2,2 hver. "
        "For ett år siden var tallet 2,1. Det er ikke testet om endringen kan være tilfeldig. "
        "23 personer står uten koordinator fordi koordinatoren har sluttet."
    )


def test_the_lead_of_an_earlier_date_is_told_of_that_date() -> None:
    lead = content.headline(_figures(day=dt.date(2024, 12, 31)))
    assert lead.startswith("31. desember 2024 fulgte ")
    assert "Ett år tidligere var tallet" in lead
    assert "31. desember 2024 sto" in lead


def test_the_lead_is_not_compared_across_a_break() -> None:
    figures = _figures(MIDDLE, dt.date(2024, 6, 30))
    lead = content.headline(figures)
    assert "Tallserien er brutt i løpet av det siste året" in lead
    assert "var tallet" not in lead
    assert figures.loads_before == ()
    picture = content.by_load(figures)
    assert not picture.draw(LIGHT).layout.shapes
    assert "Den loddrette streken" not in "".join(picture.remarks)
    assert len(content.table_by_load(figures).columns) == 3


def test_the_lead_is_silent_of_the_departed_where_nobody_is_left_alone() -> None:
    assert "sluttet" not in content.headline(_figures(SMALL))


def test_the_loads_add_up_to_the_lead() -> None:
    figures = _figures()
    table = content.table_by_load(figures)
    assert [row[1] for row in table.rows] == [154, 59, 44, 30]
    assert table.total is not None
    assert table.total[:3] == ("Sum", 287, 637)
    assert content.by_load(figures).title == (
        "30 av 287 koordinatorer har 6 personer eller flere. Sammen følger de opp 213 personer "
        "av 637."
    )


def test_the_picture_of_loads_marks_the_year_before() -> None:
    figure = content.by_load(_figures()).draw(LIGHT)
    before = {each.load: each.coordinators for each in _figures().loads_before
              if (each.service_area, each.sector) == ("all", "all")}  # fmt: skip
    assert [shape.x0 for shape in figure.layout.shapes] == [
        before[load] for load in ("1", "2", "3-5", "6+")
    ]
    assert list(figure.data[0].x) == [154, 59, 44, 30]


def test_where_nobody_has_many_the_title_says_so() -> None:
    figures = dataclasses.replace(_figures(), loads=_loads(all=(0, 287)))
    assert content.by_load(figures).title == (
        "Ingen har 6 personer eller flere (287 koordinatorer i alt)."
    )


@pytest.mark.parametrize(
    ("loads", "expected"),
    [
        # A third against a tenth is more than chance in hundreds, and not to be judged in tens.
        (
            _loads(home_care=(40, 120), school=(12, 120), all=(52, 240)),
            "Hjemmetjenester har høyere andel koordinatorer med 6 personer eller flere enn resten "
            "(33,3 %), og Skole og SFO har lavere (10,0 %).",
        ),
        (
            _loads(home_care=(40, 120), school=(34, 120), all=(74, 240)),
            "Andelen koordinatorer med 6 personer eller flere: Forskjellene mellom "
            "tjenesteområdene kan være tilfeldige.",
        ),
        (
            _loads(home_care=(4, 12), school=(1, 12), all=(5, 24)),
            "Koordinatorene er for få til å sammenligne tjenesteområdene.",
        ),
        # Nobody is told apart by what nobody knows.
        (
            _loads(home_care=(40, 120), unknown=(12, 120), all=(52, 240)),
            "Koordinatorene er for få til å sammenligne tjenesteområdene.",
        ),
        (
            _loads(home_care=(9, 9), school=(0, 9), all=(9, 18)),
            "Koordinatorene er for få til å sammenligne tjenesteområdene.",
        ),
    ],
)
def test_an_area_stands_out_only_by_more_than_chance(loads: Sequence[Load], expected: str) -> None:
    figures = dataclasses.replace(_figures(), loads=tuple(loads))
    assert _plain(content.by_area(figures).title) == expected


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_the_areas_and_sectors_are_drawn_as_wholes(palette: object) -> None:
    figures = _figures()
    figure = content.by_area(figures).draw(palette)  # type: ignore[arg-type]

    def of(area: str, sector: str) -> int:
        place = (area, sector)
        loads = [each for each in figures.loads if (each.service_area, each.sector) == place]
        return sum(each.coordinators for each in loads)

    labels = [re.sub("<[^>]+>", " ", label) for label in figure.layout.yaxis.ticktext]
    assert labels[0] == f"Hjemmetjenester:\u00a0{of('home_care', 'all')}"
    assert f"Ukjent tjenesteområde:\u00a0{of('unknown', 'all')}" in labels
    assert labels[-4:-1] == [
        f"Helse og omsorg:\u00a0{of('all', 'health')}",
        f"Andre sektorer:\u00a0{of('all', 'other')}",
        f"Ukjent sektor:\u00a0{of('all', 'unknown')}",
    ]
    assert labels[-1].strip() == "Alle områder:\u00a0287"
    lengths = [sum(xs) for xs in zip(*(trace.x for trace in figure.data), strict=True)]
    assert lengths == pytest.approx([1.0] * len(labels))


def test_areas_with_few_coordinators_are_marked() -> None:
    picture = content.by_area(_figures(SMALL))
    assert any(remark.startswith("* Smal stolpe: færre enn 10") for remark in picture.remarks)
    labels = picture.draw(LIGHT).layout.yaxis.ticktext
    assert "Skole og SFO:\u00a01*" in labels
    assert not any("Smal stolpe" in remark for remark in content.by_area(_figures()).remarks)


def test_the_table_of_areas_stands_by_sector_and_adds_up() -> None:
    table = content.table_by_area(_figures())
    sums = {row[1]: row for row in table.rows if row[0] == "Alle områder"}
    assert set(sums) == {"Helse og omsorg", "Andre sektorer", "Ukjent sektor"}
    assert table.total is not None
    for number in range(2, 8):
        parts = [row[number] for row in table.rows if row[0] != "Alle områder"]
        assert sum(parts) == table.total[number]  # type: ignore[arg-type]
    assert table.total[-1] == pytest.approx(637 / 287)


def test_the_share_from_health_is_told_with_its_change() -> None:
    figure = _figure("health_sector_share")
    told = _plain(content.from_health_in_words(figure))
    assert re.match(
        r"212 av 264 koordinatorer med kjent tjenesteområde kommer fra helse og omsorg "
        r"\(80,3 %, 95 % KI 75,1-84,7\)\. For ett år siden var tallet 80,\d %\. Endringen kan",
        told,
    )
    more = _with_measured(figure, _of(250, 270), _of(180, 270))
    assert "mer enn tilfeldigheter kan forklare" in content.from_health_in_words(more)


def test_changes_are_a_rate_per_hundred_and_judged_as_one() -> None:
    figure = _figure("coordinator_changes", MIDDLE)
    fewer = _with_measured(
        figure, Measured(17, 210, 8.1, 4.7, 13.0), Measured(40, 200, 20.0, 14.3, 27.2)
    )
    told = _plain(content.changes_in_words(fewer))
    assert told.startswith("Det har vært 17 bytter av koordinator de siste 365 dagene, 8,1 per 100")
    assert re.search(r"Det er \d+,\d færre per 100 enn for ett år siden, mer enn tilfeldig", told)
    still = _plain(content.changes_in_words(_figure("coordinator_changes")))
    assert "Endringen kan skyldes tilfeldigheter." in still
    assert "færre" not in still


def test_few_are_not_judged() -> None:
    figure = _figure("training_within_6_months", SMALL)
    told = _plain(content.training_in_words(figure))
    assert told.startswith("4 av 6 som meldte behov for opplæring")
    assert told.endswith("Det er for få til å vurdere endringen fra året før.")
    # Nor where last year's were few, however far apart the two are.
    grown = _with_measured(figure, _of(1, 100), _of(9, 9))
    assert "for få til å vurdere" in indicator.change_in_words(grown)
    assert "mer enn tilfeldig" in indicator.change_in_words(
        _with_measured(figure, _of(1, 100), _of(20, 20))
    )
    remarks = indicator.over_time(figure, told).remarks
    assert not any("kan forklare" in remark or "kan skyldes" in remark for remark in remarks)


def test_the_interval_of_few_does_not_flatten_the_line() -> None:
    figure = _figure("training_within_6_months", SMALL)
    picture = indicator.over_time(figure, "Funn.")
    assert any("færre enn 10 og er usikkert" in remark for remark in picture.remarks)
    bands = [trace for trace in picture.draw(LIGHT).data if trace.fill == "toself"]
    assert all(not band.x for band in bands)
    of_many = indicator.over_time(_figure("health_sector_share"), "Funn.")
    assert not any("færre enn 10" in remark for remark in of_many.remarks)


def test_over_time_stands_beside_others_and_names_the_break() -> None:
    view = dataclasses.replace(_view(MIDDLE), compared=(LARGE, EMPTY))
    figure = indicator.figure_of(_labels(), view, "coordinator_changes")
    picture = indicator.over_time(figure, "Funn.")
    assert picture.subtitle == "Bytter av koordinator per 100 over tid. Senja, Asker, Bø"
    assert any("Brudd i serien for Senja" in remark for remark in picture.remarks)
    # Changes of coordinator are not shared: of nobody but itself.
    assert "Uten linje, fordi tall mangler: Asker, Bø." in picture.remarks
    assert any("Kommunene deler ikke «Bytter av koordinator" in each for each in picture.remarks)
    assert any("Bø har ikke delt tall ennå" in each for each in picture.remarks)
    assert {trace.name for trace in picture.draw(LIGHT).data} >= {"Senja"}
    table = indicator.table_over_time(figure)
    assert {row[1] for row in table.rows} == {"Senja"}
    assert table.columns[4].heading == "Verdi (per 100)"


def test_the_departed_are_told_with_what_to_do() -> None:
    figures = dataclasses.replace(
        _figures(), departed=(Departed("all", 23, 47, 29), Departed("school", 23, 47, 29))
    )
    picture = content.departed(figures)
    assert picture.title == "29 personer står uten koordinator fordi koordinatoren har sluttet."
    assert any("23 koordinatorer har sluttet" in remark for remark in picture.remarks)
    assert any(remark.startswith("For ett år siden sto ") for remark in picture.remarks)
    assert any(remark.startswith("Dette kan gjøres: oppnevn") for remark in picture.remarks)
    without, with_another = picture.draw(LIGHT).data
    assert sum(without.x) == 29
    assert sum(with_another.x) == 47 - 29
    table = content.table_of_departed(figures)
    assert table.total == ("Alle områder", 23, 47, 29)
    assert content.view_of_rows(figures).rule == "closed_by_employment"


def test_departed_whose_persons_all_have_another_leave_nobody_alone() -> None:
    figures = dataclasses.replace(
        _figures(), departed=(Departed("all", 2, 5, 0), Departed("school", 2, 5, 0))
    )
    assert content.departed(figures).title == (
        "Koordinatoren har sluttet for 5 personer, men ingen står uten koordinator av den grunn."
    )
    assert "sluttet" not in content.headline(figures)


def test_nobody_departed_is_told_apart_from_nobody_knows() -> None:
    nobody = absence(lambda: content.departed(_figures(SMALL)))
    assert nobody.startswith("Ingen er registrert med en koordinator som har sluttet.")
    unknown = dataclasses.replace(_figures(SMALL), knows_departed=False)
    assert "ingen liste over ansatte er levert" in absence(lambda: content.departed(unknown))


# The page.


@pytest.mark.parametrize(
    ("language", "heading", "lead"),
    [
        ("nb", "Koordinatorer", "287 koordinatorer følger opp 637 personer, i gjennomsnitt 2,2"),
        ("nn", "Koordinatorar", "287 koordinatorar følgjer opp 637 personar, i gjennomsnitt 2,2"),
        ("en", "Coordinators", "287 coordinators follow up 637 people, an average of 2.2"),
    ],
)
def test_the_page_says_its_finding_and_shows_its_pictures(
    language: str, heading: str, lead: str
) -> None:
    page = open_page("coordinators", lang=language)
    assert page.app.title[0].value == heading
    (told,) = page.texts("lead")
    assert told.startswith(lead)
    assert len(page.pictures) == 8
    assert all(len(description) > 60 for description in page.pictures)
    assert page.html.count('<table class="figures">') == 8
    assert len(page.texts("notes")) == 8
    assert not page.app.warning
    assert page.texts("told") == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_was_then_is_told_in_every_language(language: str) -> None:
    page = open_page("coordinators", lang=language, date="2024-12-31")
    assert "2024" in page.texts("lead")[0]
    assert len(page.pictures) == 8


@pytest.mark.parametrize(("parameter", "value"), [("municipality", MIDDLE), ("date", "2024-12-31")])
def test_each_filter_changes_the_page_and_the_address(parameter: str, value: str) -> None:
    page = open_page("coordinators")
    before = page.texts("lead")
    page.app.selectbox(key=f"choose_{parameter}").select(value)
    page.run()
    assert page.address(parameter) == [value]
    assert page.texts("lead") != before


def test_other_municipalities_stand_beside_over_time_only() -> None:
    notes = open_page("coordinators", compare=[MIDDLE]).texts("notes")
    assert ["Senja" in note for note in notes] == [
        *[False] * 4, True, True, False, False,
    ]  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_municipality_without_figures_is_told(language: str) -> None:
    page = open_page("coordinators", lang=language, municipality=EMPTY)
    (told,) = page.texts("told")
    assert told.startswith("Bø ")
    assert page.pictures == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_not_delivered_is_told_and_the_rest_is_shown(
    language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(made.standing_home() / "published", tmp_path / "published")
    (folder,) = (tmp_path / "published").glob("*/")
    made.without(folder, "ansatt", "kompetanse")
    monkeypatch.setenv("SAMORDNA_HOME", str(tmp_path))
    page = open_page("coordinators", lang=language)
    assert len(page.pictures) == 4
    assert len(page.texts("told")) == 3
