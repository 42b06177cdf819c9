"""Publication as an asset, behind the check of what is about to go out."""

import datetime as dt
from collections.abc import Iterable, Sequence

import dagster as dg

from dagster_project.defs.failures import told
from dagster_project.defs.home import HomeFolder
from dagster_project.pointer import current_folder
from dagster_project.progress import Stage, tell
from dagster_project.publication.publish import is_whole, publish
from dagster_project.warehouse import finish
from expectations.process import check_marts

GROUP = "publication"
COVERAGE = dg.AssetKey(["marts", "coverage"])
CHECK = "fit_to_publish"


@dg.asset_check(
    asset=COVERAGE,
    name=CHECK,
    blocking=True,
    description="Great Expectations on the figures that are about to be published.",
)
def fit_to_publish(home_folder: HomeFolder) -> dg.AssetCheckResult:
    """Check the marts of the warehouse just built; what fails stops publication."""
    tell(Stage.CHECKS, "marts")
    home = home_folder.home
    before = None if home_folder.accept_loss else current_folder(home)
    # What was damaged since cannot be compared with; it is made anew.
    results = check_marts(home.building, before if before and is_whole(before) else None)
    failed = [result for result in results if not result.success]
    return dg.AssetCheckResult(
        passed=not failed,
        metadata={
            "checks": len(results),
            "failed": ", ".join(result.check for result in failed) or "none",
            **{result.check: result.unexpected or 0 for result in failed},
        },
    )


def publication_asset(marts: Sequence[dg.AssetKey]) -> dg.AssetsDefinition:
    """Return the asset that publishes these marts."""

    @dg.asset(
        key=[GROUP, "internal"],
        group_name=GROUP,
        kinds={"parquet"},
        description="The published tables of the profile `internal`, and the pointer to them.",
        deps=list(marts),
        freshness_policy=dg.FreshnessPolicy.time_window(
            fail_window=dt.timedelta(hours=36), warn_window=dt.timedelta(hours=28)
        ),
    )
    def internal(home_folder: HomeFolder) -> dg.MaterializeResult:
        tell(Stage.PUBLICATION, "tables")
        home = home_folder.home
        with told():
            made = publish(home, home.building)
            finish(home)
        return dg.MaterializeResult(
            metadata={
                "publication": made.id,
                "as_of": made.as_of.isoformat(),
                "is_new": made.is_new,
                "dagster/row_count": sum(made.rows.values()),
                **{f"rows_{name}": rows for name, rows in made.rows.items()},
            }
        )

    return internal


def mart_keys(assets: Iterable[dg.AssetsDefinition]) -> list[dg.AssetKey]:
    """Return the keys of the marts among these assets."""
    return sorted(key for asset in assets for key in asset.keys if key.path[0] == "marts")
