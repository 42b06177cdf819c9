"""What hiding small counts alone is worth: how many of them are had from the age schemes side by side.

The table `coverage` of a publication counts the same persons by several age schemes. Were counts of
1 to 4 hidden and the others shown, sums and differences of overlapping age groups would give some of
them away: of each municipality, reference date, service area and indicator by itself, numerators and
denominators apart.

    python -m benchmarks.differencing PUBLICATION

PUBLICATION is a folder with `coverage`, or a home folder: then its current publication is attacked,
and beside it every package that it has shared, by the auditor, with all that is known of the method.
"""

from __future__ import annotations

import argparse
import functools
import itertools
import json
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from dagster_project.auditor import BreakKind, audit_suppressed
from dagster_project.config.paths import Home
from dagster_project.publication.layout import files_of, reading
from dagster_project.reference.share_plan import share_plan
from dagster_project.sharing import own
from dagster_project.sharing.attack import Version
from dagster_project.sharing.attack import attack as attack_packages

THRESHOLD = 5
COUNTS = ("numerator", "denominator")
_ALL, _UNKNOWN = "all", "unknown"
_SLICE = ("municipality_code", "reference_date", "service_area", "indicator")

# Age groups of all schemes, each with its count.
Counts = tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Recovered:
    """How many counts were attacked, how many of them were hidden, and how many are had exactly."""

    counts: str
    attacked: int
    hidden: int
    exact: int
    seconds: float

    def line(self) -> str:
        """Write it in a line."""
        share = self.exact / self.hidden if self.hidden else 0.0
        return (
            f"{self.counts}s: {self.attacked:,} attacked, {self.hidden:,} hidden, "
            f"{self.exact:,} recovered ({share:.1%}) in {self.seconds:.0f} s"
        )


def ages(group: str) -> tuple[int, int]:
    """Return the first age of a group, and the first that is no longer of it: `6-12`, `90+`."""
    if group.endswith("+"):
        return int(group[:-1]), sys.maxsize
    first, last = group.split("-")
    return int(first), int(last) + 1


def equations(groups: Sequence[str]) -> list[dict[str, int]]:
    """Return what ties overlapping age groups: each is the sum of the finest ages it is made of.

    The finest ages are parts of their own, named `age:<first>`, older ones than any group has too.
    Where no age group is unknown, there may still be persons without an age among all.
    """
    limits = {group: ages(group) for group in groups if group not in (_ALL, _UNKNOWN)}
    edges = sorted({0, sys.maxsize, *itertools.chain.from_iterable(limits.values())})
    finest = edges[:-1]
    found = [
        {group: -1, **{f"age:{at}": 1 for at in finest if first <= at < end}}
        for group, (first, end) in limits.items()
    ]
    if _ALL in groups:
        unknown = _UNKNOWN if _UNKNOWN in groups else f"age:{_UNKNOWN}"
        found.append({_ALL: -1, unknown: 1, **{f"age:{at}": 1 for at in finest}})
    return found


@functools.cache
def recovered(counts: Counts, threshold: int = THRESHOLD) -> frozenset[str]:
    """Return the age groups whose hidden count is known exactly, all hidden that are small.

    Everybody sees that a count is hidden, and that it is 1 to the threshold less 1 therefore. Raises
    ValueError where the counts contradict one another.
    """
    small = [group for group, count in counts if 1 <= count < threshold]
    ties = equations([group for group, _ in counts])
    audit = audit_suppressed(
        {group: None if group in small else count for group, count in counts},
        ties,
        threshold=threshold,
        zeros_hidden=False,
        eligible=dict.fromkeys(small, threshold - 1),
        unpublished=sorted({cell for tie in ties for cell in tie if cell.startswith("age:")}),
    )
    if any(each.kind == BreakKind.CONTRADICTION for each in audit.breaks):
        raise ValueError(f"the counts of age groups contradict one another: {dict(counts)}")
    return frozenset(group for group, interval in audit.intervals.items() if interval.is_exact)


def attack(slices: Mapping[Counts, int], what: str) -> Recovered:
    """Attack slices, each as often as it is there."""
    began = time.perf_counter()
    attacked = hidden = exact = 0
    for counts, times in slices.items():
        small = sum(1 <= count < THRESHOLD for _, count in counts)
        attacked += times * len(counts)
        hidden += times * small
        exact += times * len(recovered(counts)) if small else 0
    return Recovered(what, attacked, hidden, exact, time.perf_counter() - began)


def read_slices(folder: Path, what: str) -> Counter[Counts]:
    """Read the counts of a publication, slice by slice; an age group without a row has nobody."""
    relation = reading(files_of(folder, "coverage"))
    rows = duckdb.sql(
        f"select distinct {', '.join(_SLICE)}, age_group, cast({what} as bigint) from {relation} "
        f"where {what} is not null order by all"
    ).fetchall()
    by_slice: dict[tuple[object, ...], dict[str, int]] = defaultdict(dict)
    groups: dict[object, set[str]] = defaultdict(set)
    for *where, group, count in rows:
        by_slice[tuple(where)][group] = count
        groups[where[-1]].add(group)
    return Counter(
        tuple((group, counts.get(group, 0)) for group in sorted(groups[where[-1]]))
        for where, counts in by_slice.items()
    )


def publication(folder: Path) -> Path:
    """Return the folder of the publication that is meant."""
    pointer = folder / "published" / "current.json"
    if not pointer.is_file():
        return folder
    current = json.loads(pointer.read_text(encoding="utf-8"))["publication"]
    return folder / "published" / str(current)


def report(folder: Path) -> Iterator[str]:
    """Attack a publication, and yield a line of numerators and one of denominators."""
    for what in COUNTS:
        yield attack(read_slices(publication(folder), what), what).line()


def of_packages(home: Home) -> Iterator[str]:
    """Attack what a home has shared, and yield a line: how many counts, how many small ones."""
    plan = share_plan().plan
    attacked, found, many, began = 0, Counter[str](), 0, time.perf_counter()
    for folder in sorted(each for each in home.shared.glob("*") if each.is_dir()):
        packages = own.packages(home, folder.name)
        if packages:
            versions = [Version.of(one, plan) for one in packages]
            audit = attack_packages(versions, packages[-1].manifest.base)
            attacked += audit.cells
            found += Counter(str(each.kind) for each in audit.breaks)
            many += len(packages)
    if many:
        named = ", ".join(f"{number} {kind}" for kind, number in found.items()) or "none"
        yield (
            f"packages: {attacked:,} counts attacked in {many} packages, {sum(found.values()):,} "
            f"recovered ({named}) in {time.perf_counter() - began:.0f} s"
        )


def main() -> None:
    """Print how much of a publication is had by differencing."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("publication", type=Path)
    folder = parser.parse_args().publication
    if not files_of(publication(folder), "coverage"):
        parser.error(f"{folder} has no table coverage: make demo SERVE=0 makes a home with one")
    for line in (*report(folder), *of_packages(Home(folder))):
        print(line, flush=True)


if __name__ == "__main__":
    main()
