"""Fetching as an asset: what the connectors put in the inbox, before anything lands."""

import dagster as dg

from dagster_project.clock import today_here
from dagster_project.connectors.fetch import fetch_all, fetched_sources
from dagster_project.defs.failures import told
from dagster_project.defs.home import HomeFolder

KEY = dg.AssetKey(["inbox", "fetched"])
CHECK = "every_source_fetched"


def fetching_asset() -> dg.AssetsDefinition:
    """Return the asset that fetches; all record types land after it."""

    @dg.asset(
        key=KEY,
        group_name="inbox",
        kinds={"csv"},
        description="The deliveries that connectors fetch, as dated files in the inbox.",
        check_specs=[
            dg.AssetCheckSpec(CHECK, asset=KEY, description="Every source could be fetched.")
        ],
    )
    def fetched(context: dg.AssetExecutionContext, home_folder: HomeFolder) -> dg.MaterializeResult:
        with told():
            installation = home_folder.installation()
            problems = fetch_all(installation, today_here())
        for problem in problems:
            context.log.warning(str(problem))
        return dg.MaterializeResult(
            metadata={"sources": len(fetched_sources(installation)), "problems": len(problems)},
            check_results=[
                dg.AssetCheckResult(
                    passed=not problems,
                    asset_key=KEY,
                    check_name=CHECK,
                    # What had landed stays in use, and the other sources go on.
                    severity=dg.AssetCheckSeverity.WARN,
                    metadata={"number": len(problems)},
                )
            ],
        )

    return fetched
