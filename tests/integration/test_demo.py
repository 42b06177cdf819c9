"""The demo counted: exact against its true world, and each error found where it was made."""

from __future__ import annotations

import itertools

import duckdb
import pytest

from dagster_project.config.installation import load_installation
from dagster_project.config.paths import Home
from dagster_project.demo.make import write_demo
from dagster_project.demo.simulation import make_world
from dagster_project.landing.land import Lander
from dagster_project.publication.reader import coverage, reference
from dagster_project.publication.reader.publication import Publication, current_publication
from dagster_project.straight import build
from dagster_project.warehouse import Building, begin
from dashboards.charts.colours import LIGHT
from dashboards.content.labels import Labels
from dashboards.i18n.texts import Language, Texts
from dashboards.pages import OF_PUBLICATION, PageKey
from dashboards.render.page_runner import sections_of
from dashboards.view.state import Role, View
from tests.support.small_home import land_all, no_checks, publish_parts
from tests.support.verdicts import contradictions

# All but the largest: every system, every format, every error, in a third of the time.
MUNICIPALITIES = ("1134", "1867", "4602", "5530")
SEED = 7
# An error that concerns two rows is found in one of them.
FOUND_IN_ONE_OF_TWO = {"bridged", "plans_merged", "one_at_a_time", "joined_without_id"}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    made = Home(tmp_path_factory.mktemp("demo") / "home")
    write_demo(make_world(SEED, MUNICIPALITIES), made, SEED)
    installation = load_installation(made)
    lander = Lander(installation, no_checks)
    assert not [problem for one in land_all(lander).values() for problem in one.problems]
    begin(installation, lander.maskers, None).close()
    build(Building.whole(made))
    return made


@pytest.fixture(scope="module")
def warehouse(home: Home) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute(f"attach '{home.building}' as warehouse (read_only)")
    connection.execute("use warehouse")
    for name in ("coverage", "errors", "register"):
        file = home.truth / f"{name}.parquet"
        connection.execute(f"create temp table true_{name} as from read_parquet('{file}')")
    return connection


def test_every_cell_is_what_the_true_world_says(warehouse: duckdb.DuckDBPyConnection) -> None:
    key = "indicator, municipality_code, reference_date, age_scheme, age_group, service_area"
    cells, wrong = warehouse.sql(
        f"""
        select count(*), count(*) filter (
            truth.numerator is distinct from counted.numerator
            or truth.denominator is distinct from counted.denominator
            or abs(truth.value - counted.value) > 1e-9
        )
        from true_coverage as truth full join marts.coverage as counted using ({key})
        where indicator in (select distinct indicator from marts.coverage)
        """
    ).fetchall()[0]
    assert cells > 100_000
    assert wrong == 0


def test_each_error_is_found_where_it_was_made(warehouse: duckdb.DuckDBPyConnection) -> None:
    missed = warehouse.execute(
        """
        select rule, count(*) filter (findings.rule is null) as missed, count(*) as made
        from true_errors as error
        inner join reference.rules using (rule)
        left join (select distinct rule, source, delivery, row_number from marts.findings) as findings
            on error.rule = findings.rule and error.source = findings.source
            and error.file = findings.delivery and error.row_number = findings.row_number
        group by rule having missed > 0
        """
    ).fetchall()
    # What a later delivery superseded is found there, not in the row that it was made in.
    share = {rule: missed / made for rule, missed, made in missed}
    assert {
        rule: s for rule, s in share.items() if s > 0.5 and rule not in FOUND_IN_ONE_OF_TWO
    } == {}


def test_every_rule_that_the_demo_can_break_is_found(warehouse: duckdb.DuckDBPyConnection) -> None:
    made = {r for (r,) in warehouse.sql("select distinct rule from true_errors").fetchall()}
    found = {r for (r,) in warehouse.sql("select distinct rule from marts.findings").fetchall()}
    rules = {r for (r,) in warehouse.sql("select rule from reference.rules").fetchall()}
    assert (made & rules) <= found


def test_the_registers_count_what_the_true_world_says(warehouse: duckdb.DuckDBPyConnection) -> None:
    """Whom both count: ours but those whom a cause takes away, and who had a day without anybody."""
    figures, wrong, coded = warehouse.sql(
        """
        with apart as (
            select
                municipality_code, reference_date, figure,
                sum(greatest(persons_if_none, 0)) as low, sum(greatest(persons_if_all, 0)) as high
            from marts.register_mirror_cause
            where side = 'numerator' and cause <> 'no_open_registration'
            group by all
        )
        select
            count(*),
            count(*) filter (
                truth.alike_low <> own_numerator - coalesce(apart.low, 0)
                or truth.alike_high <> own_numerator - coalesce(apart.high, 0)
                or coalesce(truth.recipients_low <> denominator_low, false)
                or coalesce(truth.recipients_high <> denominator_high, false)
            ),
            count(*) filter (truth.alike_low > 0)
        from marts.register_mirror as mirror
        inner join true_register as truth using (municipality_code, reference_date, figure)
        left join apart using (municipality_code, reference_date, figure)
        """
    ).fetchall()[0]
    assert figures > 80
    assert coded >= 20
    assert wrong == 0


@pytest.fixture(scope="module")
def publication(home: Home) -> Publication:
    publish_parts(home)
    return current_publication(home)


def test_no_page_contradicts_another(publication: Publication) -> None:
    found, held = contradictions(publication, Language.NB)
    assert held > 2000
    assert found == []


def test_every_page_of_every_municipality_can_be_drawn(publication: Publication) -> None:
    """Tests of a page choose their municipality; what the figures of another do is seen here."""
    labels = Labels(publication, Texts(Language.NN))
    indicators = list(reference.indicators(publication))
    drawn = 0
    for municipality in coverage.municipalities(publication):
        newest, *earlier = coverage.reference_dates(publication, municipality)
        for date, role, page in itertools.product(
            (newest, earlier[11], earlier[-1]), Role, OF_PUBLICATION
        ):
            if role is not Role.LEADER and page is not PageKey.FRONT:
                continue
            # The analyst's front page compares by any indicator.
            of = indicators if role is Role.ANALYST else ["coordinator_coverage"]
            for indicator in of:
                view = View(Language.NN, municipality, date, indicator, "standard", role=role)
                for section in sections_of(page, labels, view):
                    if section.picture:
                        section.picture.draw(LIGHT)
                    drawn += 1
    assert drawn > 1000
