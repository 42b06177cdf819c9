"""Landing as assets: one for each record type, partitioned by municipality."""

import datetime as dt
from collections.abc import Iterable, Sequence
from itertools import chain

import dagster as dg

from dagster_project.contract import RECORD_TYPES, RecordType
from dagster_project.defs.failures import told
from dagster_project.defs.home import HomeFolder
from dagster_project.landing.deliveries import Manifest, Status
from dagster_project.landing.land import Lander, Reading, SourceOutcome
from dagster_project.landing.outcomes import remember
from dagster_project.landing.same_day import HELD_FOR_THE_DAY, REPLACED
from dagster_project.progress import Stage, tell
from dagster_project.settings import Installation, Source

GROUP = "landing"
# The registers of persons and of employees know the names that must not slip through anywhere else:
# they land first, one after the other.
_FIRST = ("person", "ansatt")
_READ, _HELD, _FRESH = "deliveries_read", "deliveries_held_back", "deliveries_fresh"
_STALE_AFTER = dt.timedelta(days=400)
# What is held back has a check of its own; what is there twice is not missing.
_NO_FAILURES = frozenset(
    {"held", "repeated", "day_unread", "dated_ahead", REPLACED, *HELD_FOR_THE_DAY}
)


def landing_key(record: str) -> dg.AssetKey:
    """Return the key of a record type's asset."""
    return dg.AssetKey([GROUP, record])


def landing_assets(
    records: Sequence[str],
    partitions: dg.PartitionsDefinition[str],
    after: Sequence[dg.AssetKey],
) -> list[dg.AssetsDefinition]:
    """Return one asset for each of these record types; they land after these other assets."""
    return [_landing_asset(RECORD_TYPES[record], records, partitions, after) for record in records]


def _landing_asset(
    record: RecordType,
    records: Sequence[str],
    partitions: dg.PartitionsDefinition[str],
    after: Sequence[dg.AssetKey],
) -> dg.AssetsDefinition:
    key = landing_key(record.name)
    before = _FIRST[: _FIRST.index(record.name)] if record.name in _FIRST else _FIRST
    first = [landing_key(name) for name in before if name in records]

    @dg.asset(
        key=key,
        group_name=GROUP,
        kinds={"parquet"},
        description=f"Deliveries of {record.name}, landed. One row is {record.grain}.",
        deps=[*after, *first],
        partitions_def=partitions,
        backfill_policy=dg.BackfillPolicy.single_run(),
        retry_policy=dg.RetryPolicy(max_retries=2, delay=2, backoff=dg.Backoff.EXPONENTIAL),
        check_specs=[
            dg.AssetCheckSpec(_READ, asset=key, description="Every delivery could be read."),
            dg.AssetCheckSpec(
                _HELD, asset=key, description="No delivery is held back by its suite."
            ),
            dg.AssetCheckSpec(_FRESH, asset=key, description="Every source has delivered lately."),
        ],
    )
    def land(context: dg.AssetExecutionContext, home_folder: HomeFolder) -> dg.MaterializeResult:
        installation = home_folder.installation()
        lander = home_folder.lander(installation)
        by_municipality = {
            municipality: [
                source
                for source in installation.sources
                if source.record == record.name and lander.today(source) == municipality
            ]
            for municipality in context.partition_keys
        }
        outcomes = _land(lander, installation, chain.from_iterable(by_municipality.values()))
        total = 0
        for municipality, sources in by_municipality.items():
            rows = _rows(installation, sources)
            total += rows
            context.add_asset_metadata(
                {"dagster/partition_row_count": rows, "sources": len(sources)},
                asset_key=key,
                partition_key=municipality,
            )
        for outcome in outcomes:
            for problem in outcome.problems:
                context.log.warning(str(problem))
        return dg.MaterializeResult(
            metadata={
                "dagster/row_count": total,
                "deliveries_landed": sum(len(outcome.landed) for outcome in outcomes),
                "deliveries_unchanged": sum(outcome.unchanged for outcome in outcomes),
                "problems": sum(len(outcome.problems) for outcome in outcomes),
            },
            check_results=list(_checks(key, installation, outcomes)),
        )

    return land


def _land(
    lander: Lander, installation: Installation, sources: Iterable[Source]
) -> list[SourceOutcome]:
    """Read every source, while what is read already is being checked; then settle them all."""
    readings: list[Reading] = []
    for source in sources:
        tell(Stage.LANDING, source.name)
        with told(source.name):
            readings.append(lander.read(source))
    outcomes = []
    for reading in readings:
        with told(reading.source.name):
            outcome = lander.settle(reading)
            remember(installation.home, outcome)
            outcomes.append(outcome)
    return outcomes


def _rows(installation: Installation, sources: Iterable[Source]) -> int:
    return sum(
        entry.rows_read
        for source in sources
        for entry in Manifest(installation.home, source).in_force()
    )


def _checks(
    key: dg.AssetKey, installation: Installation, outcomes: list[SourceOutcome]
) -> Iterable[dg.AssetCheckResult]:
    failed, held, stale = 0, 0, 0
    rules: dict[str, int] = {}
    today = dt.datetime.now(tz=dt.UTC).date()
    for outcome in outcomes:
        entries = Manifest(installation.home, outcome.source).entries()
        failed += sum(problem.code not in _NO_FAILURES for problem in outcome.problems)
        held += sum(entry.status is Status.HELD for entry in entries)
        newest = max((entry.delivered for entry in entries if entry.parquet), default=None)
        stale += newest is None or today - newest > _STALE_AFTER
        for entry in entries:
            for check in entry.checks:
                if not check.success:
                    rules[check.check] = rules.get(check.check, 0) + 1
    counts: dict[str, dg.MetadataValue] = {
        name: dg.MetadataValue.int(count) for name, count in sorted(rules.items())
    }
    for name, number, metadata in ((_READ, failed, {}), (_HELD, held, counts), (_FRESH, stale, {})):
        yield dg.AssetCheckResult(
            passed=not number,
            asset_key=key,
            check_name=name,
            # One source's trouble does not stop the others; what is held back is simply not used.
            severity=dg.AssetCheckSeverity.WARN,
            metadata={"number": number, **metadata},
        )
