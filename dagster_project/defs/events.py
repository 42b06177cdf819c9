"""What a run did (`history.py`) as events: one for each asset and municipality that changed."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import dagster as dg

from dagster_project.defs.keys import (
    COVERAGE,
    FIT,
    HELD,
    HOLD,
    PUBLICATION,
    READ,
    SEEDS,
    landing_key,
)

Event = dg.AssetMaterialization | dg.AssetCheckEvaluation


def events_of(run: Mapping[str, Any]) -> Iterator[Event]:
    """Yield the events of what is said of a run.

    A check is told of once for all its municipalities, with those that it does not hold of: what
    failed is checked again in every run.
    """
    yield from _of_landing(run.get("landed", ()))
    for built in run.get("built", ()):
        yield from _of_part(built)
    if built := run.get("built"):
        yield _checked(
            COVERAGE, HOLD, {code: 0 for each in built for code in each["municipalities"]}
        )
    if checked := run.get("checked"):
        failed = {code: len(each["failed"]) for each in checked for code in each["municipalities"]}
        which = sorted({name for each in checked for name in each["failed"]})
        yield _checked(COVERAGE, FIT, failed, which=", ".join(which))
    if run.get("publication"):
        metadata = {"publication": run["publication"], "seconds": run["seconds"]}
        yield dg.AssetMaterialization(PUBLICATION, metadata=metadata)


def _of_landing(sources: Sequence[Mapping[str, Any]]) -> Iterator[Event]:
    for record in dict.fromkeys(source["record"] for source in sources):
        theirs = [source for source in sources if source["record"] == record]
        key = landing_key(record)
        rules = Counter[str]()
        failed, held = Counter[str](), Counter[str]()
        for source in theirs:
            rules.update(source["rules"])
            failed[source["municipality"]] += source["deliveries_failed"]
            held[source["municipality"]] += source["deliveries_held_back"]
        for code in failed:
            own = [source for source in theirs if source["municipality"] == code]
            # A source that is still in trouble is checked anew, but nothing of it has landed.
            if not any(source["deliveries_landed"] for source in own):
                continue
            metadata = {
                "dagster/partition_row_count": sum(source["rows"] for source in own),
                "deliveries_landed": sum(source["deliveries_landed"] for source in own),
            }
            yield dg.AssetMaterialization(key, partition=code, metadata=metadata)
        # One source's trouble does not stop the others; what is held back is simply not used.
        yield _checked(key, READ, failed, dg.AssetCheckSeverity.WARN)
        yield _checked(key, HELD, held, dg.AssetCheckSeverity.WARN, **rules)


def _of_part(built: Mapping[str, Any]) -> Iterator[Event]:
    made = {
        "seconds": built["seconds"],
        "deliveries": built["deliveries"],
        "made_with": built["made_with"],
        "part": built["part"],
    }
    for code in built["municipalities"]:
        for table, rows in built["rows"].items():
            schema, name = table.split(".")
            # Seeds are the same for every municipality, and change with the version only.
            if schema != SEEDS:
                metadata = {"dagster/partition_row_count": rows, **made}
                key = dg.AssetKey([schema, name])
                yield dg.AssetMaterialization(key, partition=code, metadata=metadata)


def _checked(
    key: dg.AssetKey,
    name: str,
    wrong: Mapping[str, int],
    severity: dg.AssetCheckSeverity = dg.AssetCheckSeverity.ERROR,
    **more: int | str,
) -> dg.AssetCheckEvaluation:
    """Return what a check came to, of how much is wrong in each municipality."""
    metadata = {
        "municipalities": ", ".join(sorted(wrong)),
        "not in order": ", ".join(sorted(code for code, number in wrong.items() if number)),
        "number": sum(wrong.values()),
        **more,
    }
    return dg.AssetCheckEvaluation(
        key, name, passed=not sum(wrong.values()), severity=severity, metadata=metadata
    )
