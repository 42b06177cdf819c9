"""Which version follows which, what is new in a folder, and a receiver that is killed half way."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from dagster_project.auditor import Audit, BreakKind
from dagster_project.config.installation import Installation, load_installation
from dagster_project.config.paths import Home
from dagster_project.problems import SamordnaError
from dagster_project.sharing import held as holding
from dagster_project.sharing.attack import Version, attack
from dagster_project.sharing.gather import own_months
from dagster_project.sharing.held import read_held, read_refused
from dagster_project.sharing.package import COUNTS, Block, counts_table, digest
from dagster_project.sharing.reader import ReceivedError, received
from dagster_project.sharing.receive import receive_files, receive_folder
from tests.support.share_packages import KEYS, MONTHS, PLAN, SENDER, Made, file_name, made


@pytest.fixture
def receiver(tmp_path: Path) -> Installation:
    root = tmp_path / "home"
    (root / "packages").mkdir(parents=True)
    settings = {"compare": {"packages": "packages", "keys": KEYS}}
    (root / "sources.yml").write_text(json.dumps(settings), encoding="utf-8")
    return load_installation(Home(root))


def _put(receiver: Installation, content: bytes, name: str) -> Path:
    file = receiver.home.root / "packages" / name
    file.write_bytes(content)
    return file


def _third(**changes: object) -> Made:
    second = made(2).package().manifest
    return made(2).said(**{"version": 3, "previous": second.sha256, "held_back": 1, **changes})


def _reasons(receiver: Installation, *files: Path) -> list[str]:
    receipt = receive_files(receiver, files)
    return [problem.code.removeprefix("package_") for problem in receipt.refused]


def test_a_folder_is_received_in_the_order_of_versions_and_only_once(
    receiver: Installation,
) -> None:
    for name, content in (
        (file_name(2), made(2).bytes()),
        (file_name(1), made(1).bytes()),
        ("4602-2026-01-v3.zip", _third().bytes()),
        ("notes.zip", b"no package"),
    ):
        _put(receiver, content, name)
    first = receive_folder(receiver)
    assert [each.version for each in first.received] == [1, 2, 3]
    assert [problem.code for problem in first.refused] == ["package_not_a_package"]
    again = receive_folder(receiver)
    assert again.received == []
    # What is refused is said each time, and noted once.
    assert len(again.refused) == 1
    (noted,) = read_refused(receiver.home)
    assert (noted.file, noted.sha256) == ("notes.zip", digest(b"no package"))


def test_what_does_not_follow_is_refused(receiver: Installation) -> None:
    one, two = (_put(receiver, made(n).bytes(), file_name(n)) for n in (1, 2))
    three = _put(receiver, _third().bytes(), "4602-2026-01-v3.zip")
    assert _reasons(receiver, one) == []
    assert _reasons(receiver, one) == ["replayed"]
    assert _reasons(receiver, three) == ["version_missing"]
    assert _reasons(receiver, two, three) == []
    assert _reasons(receiver, two) == ["replayed"]
    older = _put(receiver, made(2).said(held_back=7).bytes(), "4602-2026-01-v2.zip")
    assert _reasons(receiver, older) == ["older_version"]
    fourth = {"version": 4, "previous": "0" * 64}
    other = _put(receiver, _third(**fourth).bytes(), "4602-2026-01-v4.zip")
    assert _reasons(receiver, other) == ["history_differs"]
    assert [each.version for each in read_held(receiver.home)[SENDER]] == [1, 2, 3]


def test_another_plan_or_base_is_refused(receiver: Installation) -> None:
    other = _put(receiver, made(1).said(plan="0" * 64).bytes(), file_name(1))
    assert _reasons(receiver, other) == ["other_plan"]
    assert _reasons(receiver, _put(receiver, made(1).bytes(), file_name(1))) == []
    three = _put(receiver, made(2).said(base=3).bytes(), file_name(2))
    assert _reasons(receiver, three) == ["history_differs"]


def test_what_is_disclosive_is_refused(receiver: Installation) -> None:
    blocks = [
        Block(month, area, np.full(PLAN.shape, 10 if area == "all" else 7))
        for month in MONTHS[:2]
        for area in ("all", "school")
    ]
    # Three of each ten are outside the area.
    told = made(1).with_table(COUNTS, counts_table(blocks, PLAN))
    assert _reasons(receiver, _put(receiver, told.bytes(), file_name(1))) == ["disclosive"]
    assert read_held(receiver.home) == {}


def test_a_month_shown_again_as_it_was_is_attacked_once() -> None:
    blocks = [Block("2025-12", "all", np.full(PLAN.shape, 10))]
    once, twice = (attack([Version(blocks, 3, 3, {}, {})] * many, 5) for many in (1, 2))
    assert once.holds
    assert twice.cells == once.cells
    other = Version([Block("2025-12", "all", np.full(PLAN.shape, 12))], 3, 3, {}, {})
    assert not attack([Version(blocks, 3, 3, {}, {}), other], 5).holds


def test_a_receiver_killed_before_the_pointer_has_received_nothing(
    receiver: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = _put(receiver, made(1).bytes(), file_name(1))
    two = _put(receiver, made(2).bytes(), file_name(2))
    assert _reasons(receiver, one) == []
    before = read_held(receiver.home)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(holding, "write_kept", killed)
        with pytest.raises(KeyboardInterrupt):
            receive_files(receiver, [two])
    assert read_held(receiver.home) == before
    assert received(receiver.home).packages[SENDER].manifest.version == 1
    assert _reasons(receiver, two) == []
    assert received(receiver.home).packages[SENDER].manifest.version == 2


def test_a_merged_municipalitys_package_gets_its_sentence(receiver: Installation) -> None:
    old = "1401"
    settings = {"compare": {"keys": {old: KEYS[SENDER]}}}
    receiver.home.sources_file.write_text(json.dumps(settings), encoding="utf-8")
    merged = load_installation(receiver.home)
    said = made(1).said(municipality_code=old)
    receipt = receive_files(merged, [_put(merged, said.bytes(), "a.zip")])
    assert [problem.code for problem in receipt.refused] == ["package_municipality_not_then"]
    then = _of_months(said.said(month="2019-12"), ("2019-11", "2019-12"))
    receipt = receive_files(merged, [_put(merged, then.bytes(), "b.zip")])
    assert [str(problem) for problem in receipt.refused] == []
    (remark,) = receipt.remarks
    assert "municipality 1401 is 4602 today" in str(remark)
    package = received(merged.home).packages[old]
    assert package.municipality_today == SENDER


def test_old_and_new_codes_show_no_month_twice(receiver: Installation) -> None:
    # 1401 became part of 4602 in 2020; 1507 was divided in 1508 and 1580 in 2024.
    months = [f"{year}-{number:02}" for year in (2019, 2023, 2024) for number in (1, 12)]
    assert own_months("4602", months) == months[2:]
    assert own_months("1508", months) == own_months("1580", months) == months[4:]
    shown = [own_months(code, months) for code in ("1401", "4602")]
    assert not set(shown[0]) & set(shown[1])
    settings = {"compare": {"keys": {"1508": KEYS[SENDER], "1507": KEYS[SENDER]}}}
    receiver.home.sources_file.write_text(json.dumps(settings), encoding="utf-8")
    divided = load_installation(receiver.home)
    two = ("2023-12", "2024-01")
    for code, newest, refused in (
        ("1508", "2024-01", ["package_municipality_not_then"]),
        ("1507", "2024-01", ["package_municipality_not_then"]),
    ):
        package = _of_months(made(1).said(municipality_code=code, month=newest), two)
        receipt = receive_files(divided, [_put(divided, package.bytes(), "a.zip")])
        assert [problem.code for problem in receipt.refused] == refused
    before = _of_months(
        made(1).said(municipality_code="1507", month="2023-12"), ("2023-11", "2023-12")
    )
    after = _of_months(
        made(1).said(municipality_code="1508", month="2024-02"), ("2024-01", "2024-02")
    )
    for name, package in (("b.zip", before), ("c.zip", after)):
        assert not receive_files(divided, [_put(divided, package.bytes(), name)]).refused


def _of_months(given: Made, months: tuple[str, str]) -> Made:
    """Return a package of other months, with nothing beside the counts."""
    blocks = [Block(month, "all", np.full(PLAN.shape, 10)) for month in months]
    tables = {name: table.slice(0, 0) for name, table in given.tables.items()}
    return Made(given.manifest, {**tables, COUNTS: counts_table(blocks, PLAN)})


def test_what_is_held_is_read_by_month_area_and_indicator(receiver: Installation) -> None:
    assert _reasons(receiver, _put(receiver, made(1).bytes(), file_name(1))) == []
    found = received(receiver.home)
    package = found.packages[SENDER]
    assert found.months == MONTHS[1::-1]
    assert package.months == MONTHS[:2]
    assert package.areas(MONTHS[0]) == ("all", "home_care", "school")
    assert package.block(MONTHS[2], "all") is None
    assert package.by_age(MONTHS[0], "nav", "plan_coverage") is None
    numerator, denominator = package.by_age(MONTHS[0], "all", "coordinator_coverage") or ([], [])
    assert (np.asarray(numerator) <= np.asarray(denominator)).all()
    assert package.grades["plan_coverage", MONTHS[0]].reasons == ("rows_changed",)
    assert [each.month for each in package.breaks["plan_coverage"]] == ["2025-03"]
    assert package.inhabitants[2025].tolist() == [900] * 11 + [0]
    assert package.counted_by("2026.2", {"living_plan_days": "200"}, "plan_coverage")
    assert not package.counted_by("2026.2", {"living_plan_days": "200"}, "living_plan_share")
    assert not package.counted_by("2025.1", {}, "plan_coverage")


def test_what_is_damaged_is_told(receiver: Installation) -> None:
    assert _reasons(receiver, _put(receiver, made(1).bytes(), file_name(1))) == []
    folder = receiver.home.received / read_held(receiver.home)[SENDER][0].folder
    (folder / "manifest.json").write_text("{", encoding="utf-8")
    with pytest.raises(SamordnaError) as error:
        receive_files(receiver, [_put(receiver, made(2).bytes(), file_name(2))])
    assert error.value.problem.code == "received_damaged"
    for name in ("current.json", "current.before.json"):
        (receiver.home.received / name).write_text("{", encoding="utf-8")
    with pytest.raises(ReceivedError):
        received(receiver.home)


def test_a_home_without_packages_has_received_nothing(receiver: Installation) -> None:
    assert received(receiver.home).packages == {}
    assert read_refused(receiver.home) == ()


def test_more_than_live_there_is_attacked() -> None:
    """Inhabitants stand in the package: five of an age group of four are one to four."""
    shown = np.full(PLAN.shape, 10)
    shown[0], shown[0, 1, 1] = 0, 5
    shown[-1, 1, 1] = 5
    blocks = [Block("2025-12", "all", shown)]

    def audit(young: int, year: int) -> Audit:
        living = np.full(len(PLAN.age_groups), 900)
        living[0], living[-1] = young, 0
        return attack([Version(blocks, 3, 3, {}, {year: living})], 5)

    assert audit(5, 2026).holds
    assert audit(4, 2020).holds, "how many live there in the month is not known"
    for year in (2025, 2026):
        assert {each.kind for each in audit(4, year).breaks} == {BreakKind.PROVEN_SMALL}
