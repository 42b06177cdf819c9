"""Reading publications: what is asked for is answered, and what cannot be read is told."""

import dataclasses
import datetime as dt
import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dagster_project.config.paths import Home
from dagster_project.publication.reader import coverage, provenance, reference
from dagster_project.publication.reader.publication import (
    Publication,
    PublicationError,
    Unreadable,
    ask,
    current_publication,
)
from tests.support import publication as made
from tests.support.publication import AS_OF, EMPTY, LARGE, MIDDLE, SMALL

PERSONS = ("coordinator_coverage", "standard")


@pytest.fixture(name="published")
def _published() -> Publication:
    return current_publication(Home(made.standing_home()))


def test_the_current_publication_says_what_it_is(published: Publication) -> None:
    assert published.id == "20251231-0a1b2c3d4e"
    assert (published.as_of, published.made_on) == (AS_OF, dt.date(2026, 1, 15))


def test_cells_are_those_of_one_municipality_date_indicator_and_scheme(
    published: Publication,
) -> None:
    cells = coverage.cells(published, LARGE, AS_OF, *PERSONS)
    by_place = {(cell.age_group, cell.service_area): cell.measured for cell in cells}
    assert len(by_place) == len(cells)
    everyone = by_place["all", "all"]
    groups = [by_place[group.code, "all"] for group in reference.age_groups(published)["standard"]]
    assert sum(group.numerator for group in groups) == everyone.numerator
    assert sum(group.denominator for group in groups) == everyone.denominator
    assert everyone.low is not None
    assert everyone.high is not None
    assert everyone.low < everyone.value < everyone.high
    assert ("18-49", "school") not in by_place


def test_a_series_runs_from_the_first_date_to_the_last(published: Publication) -> None:
    points = coverage.series(published, MIDDLE, *PERSONS, "all", "all")
    assert [point.date for point in points] == made.reference_dates()
    assert points[-1].measured.value > points[0].measured.value


@pytest.mark.parametrize("indicator", ["coordinator_coverage", "plan_coverage"])
def test_a_series_and_the_cells_of_a_date_say_the_same(
    published: Publication, indicator: str
) -> None:
    cells = coverage.cells(published, LARGE, AS_OF, indicator, "standard")
    assert len({(cell.age_group, cell.service_area) for cell in cells}) == len(cells) > 10
    for cell in cells:
        cut = (indicator, "standard", cell.age_group, cell.service_area)
        last = coverage.series(published, LARGE, *cut)[-1]
        assert (last.date, last.measured) == (AS_OF, cell.measured)
    assert coverage.series(published, LARGE, "no_such", "standard", "all", "all") == ()
    assert coverage.series(published, LARGE, indicator, "standard", "no_such", "all") == ()


def test_dates_come_newest_first_and_a_municipality_without_figures_has_none(
    published: Publication,
) -> None:
    assert coverage.reference_dates(published, LARGE)[0] == AS_OF
    assert coverage.reference_dates(published, EMPTY) == ()
    assert coverage.municipalities(published).keys() == made.NAMES.keys()


def test_only_indicators_by_age_are_offered_for_the_picture(published: Publication) -> None:
    cuts = coverage.cuts(published)
    assert not cuts["persons_per_coordinator"].has_ages
    assert cuts["coordinator_rate"].has_ages


def test_the_standard_scheme_comes_first_and_names_are_in_three_languages(
    published: Publication,
) -> None:
    assert list(reference.age_groups(published)) == ["standard", "childhood", "sintef"]
    assert reference.service_areas(published)["home_care"].nn == "Heimetenester"
    assert reference.step_names(published)["persons"].en == "People"
    assert reference.step_names(published)["withdrawn"].nb.startswith("Borte fra")
    assert reference.indicators(published)["coordinator_coverage"].needs == (
        "koordinator",
        "tjeneste",
    )


@pytest.mark.parametrize("measure", ["coordinator", "plan", "target_group"])
def test_steps_add_up_to_each_level_and_end_at_the_figure(
    published: Publication, measure: str
) -> None:
    steps = provenance.steps(published, LARGE, AS_OF, measure)
    left = 0
    for step in steps:
        if step.is_level and left:
            assert step.rows == left
        left = step.rows if step.is_level else left + step.rows
    indicator = "plan_coverage" if measure == "plan" else "coordinator_coverage"
    everyone = next(
        cell.measured
        for cell in coverage.cells(published, LARGE, AS_OF, indicator, "standard")
        if (cell.age_group, cell.service_area) == ("all", "all")
    )
    expected = everyone.denominator if measure == "target_group" else everyone.numerator
    assert left == expected


def test_findings_are_counted_by_rule_gravest_first(published: Publication) -> None:
    counts = provenance.findings_by_rule(published, LARGE, ("koordinator", "person"))
    assert (counts[0].rule, counts[0].rows) == ("person_unresolved", 7)
    assert {count.rule: count.rows for count in counts}["unknown_value"] == 3
    rules = reference.rules(published)
    order = ["error", "warning", "info"]
    ranks = [order.index(rules[count.rule].severity) for count in counts]
    assert ranks == sorted(ranks)


def test_found_rows_say_where_they_stand_and_keep_to_the_limit(published: Publication) -> None:
    rows = provenance.found_rows(published, LARGE, ("koordinator",), "unknown_value", 2)
    assert len({row.row_number for row in rows}) == 2
    assert rows[0].delivery == "koordinator_asker_20251231.csv"
    assert rows[0].detail == "rolle: =SUM(1;1)"
    assert provenance.found_rows(published, SMALL, ("mote",), "unknown_value", 5) == ()


def test_the_systems_behind_are_those_whose_deliveries_are_in_force(published: Publication) -> None:
    records = ("ip", "koordinator")
    assert provenance.systems_behind(published, EMPTY, records) is None
    for municipality in (LARGE, MIDDLE):
        systems = provenance.systems_behind(published, municipality, records)
        assert systems is not None
        in_force = [
            each
            for each in provenance.deliveries(published, municipality, records)
            if each.status == "in_force"
        ]
        assert systems.names == tuple(sorted({each.system for each in in_force if each.system}))
        assert systems.newest == max(each.delivered for each in in_force)


def test_deliveries_come_newest_first_and_rows_end_in_one_place(published: Publication) -> None:
    deliveries = provenance.deliveries(published, LARGE, ("ip",))
    assert [each.status for each in deliveries] == ["failed", "in_force", "in_force", "in_force"]
    assert deliveries[0].problem == "truncated_file"
    for each in deliveries:
        placed = each.rows_counted + each.rows_superseded + each.rows_duplicate
        assert each.rows_read == placed + each.rows_quarantined


def test_checks_that_failed_come_first(published: Publication) -> None:
    checks = provenance.checks(published, LARGE, ("ip",))
    assert [check.passed for check in checks] == [False, *[True] * 5]


def test_parameters_say_which_are_changed(published: Publication) -> None:
    changed = [each for each in provenance.parameters(published, MIDDLE) if each.is_changed]
    assert [(each.names.of("en"), each.value, each.default) for each in changed] == [
        ("Days between assignments or plans that are joined", "14", "30")
    ]
    assert not [each for each in provenance.parameters(published, LARGE) if each.is_changed]


@pytest.mark.parametrize("written", ["' or 1=1 --", "x'; drop table coverage; --", "\x00", "😀"])
def test_values_are_bound_never_part_of_the_query(published: Publication, written: str) -> None:
    assert coverage.reference_dates(published, written) == ()
    assert coverage.cells(published, written, AS_OF, written, written) == ()


def test_many_threads_get_the_same_answer(published: Publication) -> None:
    def count(_: int) -> int:
        ((number,),) = ask(published, "select count(*) from read_parquet($coverage)")
        return int(number)

    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(count, range(64)))) == 1


def _reason(home: Path) -> Unreadable:
    with pytest.raises(PublicationError) as caught:
        coverage.municipalities(current_publication(Home(home)))
    return caught.value.reason


def test_before_the_first_publication_there_is_nothing(tmp_path: Path) -> None:
    assert _reason(tmp_path) is Unreadable.NOTHING_PUBLISHED


@pytest.mark.parametrize("pointer", ["", "{}", "[]", '{"publication": ', "null"])
def test_a_damaged_pointer_is_told(tmp_path: Path, pointer: str) -> None:
    (tmp_path / "published").mkdir()
    (tmp_path / "published" / "current.json").write_text(pointer, encoding="utf-8")
    assert _reason(tmp_path) is Unreadable.PUBLICATION_DAMAGED


def test_a_publication_that_is_gone_is_told(tmp_path: Path) -> None:
    folder = made.publish(tmp_path)
    shutil.rmtree(folder)
    assert _reason(tmp_path) is Unreadable.PUBLICATION_GONE


def test_a_publication_that_vanishes_while_it_is_read_is_told(tmp_path: Path) -> None:
    folder = made.publish(tmp_path)
    publication = current_publication(Home(tmp_path))
    (folder / "municipality.parquet").unlink()
    with pytest.raises(PublicationError) as caught:
        coverage.municipalities(publication)
    assert caught.value.reason is Unreadable.PUBLICATION_GONE


def test_a_damaged_table_or_manifest_is_told(tmp_path: Path) -> None:
    folder = made.publish(tmp_path)
    (folder / "municipality.parquet").write_bytes(b"not parquet")
    assert _reason(tmp_path) is Unreadable.PUBLICATION_DAMAGED
    other = made.publish(tmp_path, publication="20251231-ffffffffff")
    (other / "manifest.json").write_text("{}", encoding="utf-8")
    assert _reason(tmp_path) is Unreadable.PUBLICATION_DAMAGED


def test_a_new_publication_appears_and_the_old_one_stays_whole(tmp_path: Path) -> None:
    made.publish(tmp_path)
    old = current_publication(Home(tmp_path))
    before = coverage.cells(old, LARGE, AS_OF, *PERSONS)
    made.publish(tmp_path, publication="20251231-bbbbbbbbbb", more=2.0)
    new = current_publication(Home(tmp_path))
    assert new.id == "20251231-bbbbbbbbbb"
    assert coverage.cells(new, LARGE, AS_OF, *PERSONS) != before
    assert coverage.series(old, LARGE, *PERSONS, "all", "all")[-1].measured in {
        cell.measured for cell in before
    }


def test_what_there_is_to_choose_from_opens_no_municipalitys_own_part(tmp_path: Path) -> None:
    folder = made.publish(tmp_path)
    publication = current_publication(Home(tmp_path))
    for file in folder.rglob("municipality_code=*/data.parquet"):
        file.unlink()
    assert coverage.counted(publication) == {LARGE, MIDDLE, SMALL}
    assert coverage.reference_dates(publication, MIDDLE)[0] == AS_OF
    assert coverage.cuts(publication)[PERSONS[0]].has_ages
    assert provenance.systems_behind(publication, MIDDLE, ("ip",))


def test_of_one_municipality_only_its_own_files_are_opened(tmp_path: Path) -> None:
    folder = made.publish(tmp_path)
    whole = current_publication(Home(tmp_path))
    told = coverage.cells(whole, LARGE, AS_OF, *PERSONS)
    for file in folder.rglob("municipality_code=*/data.parquet"):
        if f"municipality_code={LARGE}" not in file.parts:
            file.unlink()
    again = dataclasses.replace(whole, id="anew")
    assert coverage.cells(again, LARGE, AS_OF, *PERSONS) == told
    for asked in (
        lambda: coverage.cells(again, SMALL, AS_OF, *PERSONS),
        lambda: ask(again, "select count(*) from read_parquet($coverage)"),
    ):
        with pytest.raises(PublicationError) as caught:
            asked()
        assert caught.value.reason is Unreadable.PUBLICATION_GONE


def test_a_municipality_that_the_manifest_does_not_name_has_no_rows(
    published: Publication,
) -> None:
    assert coverage.cells(published, "0301", AS_OF, *PERSONS) == ()
    assert provenance.deliveries(published, "0301", ("ip",)) == ()
    # What is of the whole country is everybody's.
    assert provenance.records_in_force(published, "0301") == {"befolkning"}
    (statistics,) = provenance.sources(published, "0301", ("ip", "befolkning"))
    assert statistics.source == "ssb_folketall"


@pytest.mark.parametrize("files", [(LARGE,), (LARGE, SMALL)])
def test_a_code_is_text_whatever_the_folders_are_called(
    published: Publication, files: tuple[str, ...]
) -> None:
    rows = ask(
        published,
        "select distinct municipality_code from read_parquet($coverage) "
        "where list_contains($municipalities, municipality_code)",
        municipalities=files,
    )
    assert {code for (code,) in rows} == set(files)


def test_a_publication_of_one_file_for_each_table_is_an_older_one(tmp_path: Path) -> None:
    folder = made.publish(tmp_path)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    for told in manifest["tables"].values():
        told.pop("municipalities", None)
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    assert _reason(tmp_path) is Unreadable.OLDER_VERSION
