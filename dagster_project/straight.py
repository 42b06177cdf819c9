"""The models' SQL, as dbt compiled it, run straight in the order of dbt's manifest.

dbt stays the language, the compiler, the documentation and the tests of the models (decision 0014).
What is made here is what `dbt build` makes, table by table (`tests/dbt/test_straight.py`). The
runner knows only what these models use, and says so where it meets more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from graphlib import TopologicalSorter
from typing import Any

import duckdb

from dagster_project.models import BuildError, Node, manifest, parents
from dagster_project.problems import no_room_left
from dagster_project.reference import SEEDS
from dagster_project.warehouse import Building, build_settings

# So many statements at a time, each by one thread: most are small, and to divide them among threads
# costs more than it gives (docs/benchmarks.md).
_THREADS = 2
# What dbt does with a test where nothing else is said; the runner does nothing else.
_USUAL_TEST = {
    "severity": "ERROR",
    "error_if": "!= 0",
    "fail_calc": "count(*)",
    "limit": None,
    "store_failures": None,
}
# What is written of a row that fails a test: where it stands, never whose it is or what it says.
_PLACE = (
    "row_number",
    "registration_id",
    "municipality_code",
    "reference_date",
    "indicator",
    "measure",
    "step",
)
_MOST_PLACES = 20


def build(
    building: Building,
    *,
    tests: bool = True,
    up_to: str | None = None,
    report: Callable[[int, int], None] = lambda _done, _all: None,
) -> None:
    """Build the models in the file that has begun: all, or those that `up_to` is made of.

    `tell` is called with how many nodes are done, and how many there are. Raises BuildError where
    any fails: what hangs on a model that failed is not run, and what was wrong stands in the log.
    """
    nodes = _chosen(manifest()["nodes"], tests, up_to)
    log = building.log
    log.unlink(missing_ok=True)
    settings = {**build_settings(building), "threads": 1}
    with duckdb.connect(str(building.file), config=settings) as connection:
        for schema in sorted({str(n["schema"]) for n in nodes.values() if not _is_test(n)}):
            connection.execute(f"create schema if not exists {schema}")
        failed = _run(connection, nodes, report)
        if not failed:
            _describe(connection, nodes.values())
    if failed:
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text("".join(f"{name}: {why}\n" for name, why in failed.items()), "utf-8")
        raise BuildError(failed, log)


def _chosen(nodes: Mapping[str, Node], tests: bool, up_to: str | None) -> dict[str, Node]:
    chosen = {name: node for name, node in nodes.items() if tests or not _is_test(node)}
    if up_to is None:
        return chosen
    wanted = [name for name, node in chosen.items() if node["name"] == up_to]
    reached: set[str] = set()
    while wanted:
        name = wanted.pop()
        if name not in reached:
            reached.add(name)
            wanted += parents(chosen[name], chosen)
    return {name: chosen[name] for name in reached}


def _is_test(node: Node) -> bool:
    return bool(node["resource_type"] == "test")


def _run(
    connection: duckdb.DuckDBPyConnection,
    nodes: Mapping[str, Node],
    report: Callable[[int, int], None],
) -> dict[str, str]:
    """Run each node once what it is made of is there; return what was wrong with which."""
    order = TopologicalSorter({name: parents(node, nodes) for name, node in nodes.items()})
    order.prepare()
    failed: dict[str, str] = {}
    running: dict[Future[str | None], tuple[str, duckdb.DuckDBPyConnection]] = {}
    done = 0
    with ThreadPoolExecutor(_THREADS) as threads:
        try:
            while order.is_active():
                for name in order.get_ready():
                    own = connection.cursor()
                    running[threads.submit(_run_node, own, nodes[name])] = name, own
                if not running:
                    break
                for ended in wait(running, return_when=FIRST_COMPLETED).done:
                    name, _ = running.pop(ended)
                    done += 1
                    report(done, len(nodes))
                    if wrong := ended.result():
                        failed[str(nodes[name]["name"])] = wrong
                    else:
                        order.done(name)
        except BaseException:
            # Asked to end, say: what runs is broken off, for the threads are waited for.
            for future, (_, own) in running.items():
                future.cancel()
                own.interrupt()
            raise
    return failed


def _run_node(connection: duckdb.DuckDBPyConnection, node: Node) -> str | None:
    """Make a table or a view, or ask a test; return what was wrong, or None."""
    try:
        if not _is_test(node):
            for statement in _statements(node):
                connection.execute(statement)
            return _broken_contract(connection, node)
        # The SQL is the project's own.
        failing = f"select count(*) from ({_compiled(node)})"  # noqa: S608
        (rows,) = connection.execute(failing).fetchone() or (0,)
        if rows:
            return "\n  ".join([f"does not hold in {rows} rows", *_places(connection, node)])
    except (duckdb.Error, _UnknownError) as error:
        if no_room_left(error):
            raise
        return str(error)
    return None


def _places(connection: duckdb.DuckDBPyConnection, node: Node) -> Iterator[str]:
    """Yield where rows stand that fail a test, as far as its SQL says: file, row, registration."""
    failing = _compiled(node)
    has = {str(row[0]) for row in connection.execute(f"describe {failing}").fetchall()}
    shown = [f"failing.{column}" for column in _PLACE if column in has]
    joined = ""
    if "delivery_number" in has:
        shown = ["delivery.source", "delivery.delivery", *shown]
        joined = "left join staging.stg_delivery as delivery using (delivery_number)"
    if not shown:
        return
    places = connection.execute(
        f"select distinct {', '.join(shown)} from ({failing}) as failing {joined} "  # noqa: S608
        f"order by all limit {_MOST_PLACES}"
    )
    names = [column.partition(".")[2] for column in shown]
    for place in places.fetchall():
        of_row = zip(names, place, strict=True)
        yield ", ".join(f"{name} {value}" for name, value in of_row if value is not None)


class _UnknownError(Exception):
    """The models use more of dbt than is run here."""


def _statements(node: Node) -> Iterator[str]:
    """Yield the SQL that makes what a seed or a model is."""
    config, place = node["config"], _place(node)
    _require(not (config["pre-hook"] or config["post-hook"]), "hooks")
    kind = config["materialized"]
    if kind == "seed":
        types = ", ".join(f"'{name}': '{type_}'" for name, type_ in config["column_types"].items())
        file = str(SEEDS / node["path"]).replace("'", "''")
        yield (
            f"create table {place} as from read_csv('{file}', columns = {{{types}}}, "
            "header = true, delim = ',', quote = '\"', escape = '\"')"
        )
    elif kind == "table" and config["contract"]["enforced"]:
        yield f"create table {place} ({', '.join(_columns(node))})"
        yield f"insert into {place} by name {_compiled(node)}"
    else:
        _require(kind in ("table", "view"), f"materialized as {kind}")
        bare = not any(column["constraints"] for column in node["columns"].values())
        _require(bare or kind == "table", "constraints of a view")
        yield f"create {kind} {place} as {_compiled(node)}"


def _describe(connection: duckdb.DuckDBPyConnection, nodes: Iterable[Node]) -> None:
    """Write what tables and their columns are as comments: all at once, which is the fastest."""
    comments = [comment for node in nodes if not _is_test(node) for comment in _comments(node)]
    connection.execute("; ".join(["begin", *comments, "commit"]))


def _comments(node: Node) -> Iterator[str]:
    kind, place, docs = node["config"]["materialized"], _place(node), node["config"]["persist_docs"]
    if docs.get("relation"):
        yield f"comment on {kind} {place} is {_quoted(node)}"
    if docs.get("columns"):
        for column in node["columns"].values():
            yield f'comment on column {place}."{column["name"]}" is {_quoted(column)}'


def _quoted(node: Mapping[str, Any]) -> str:
    return "'" + str(node["description"]).replace("'", "''") + "'"


def _broken_contract(connection: duckdb.DuckDBPyConnection, node: Node) -> str | None:
    """Return how what a model selects is not what its contract says: columns and their types."""
    if not node["config"].get("contract", {}).get("enforced"):
        return None

    def columns(of: str) -> set[tuple[str, str]]:
        return {(row[0], row[1]) for row in connection.execute(f"describe {of}").fetchall()}

    contract = (
        f'cast(null as {column["data_type"]}) as "{column["name"]}"'
        for column in node["columns"].values()
    )
    agreed, selected = columns(f"select {', '.join(contract)}"), columns(_compiled(node))
    return None if agreed == selected else f"the contract is broken by {sorted(agreed ^ selected)}"


def _place(node: Node) -> str:
    return f"{node['schema']}.{node['alias']}"


def _columns(node: Node) -> Iterator[str]:
    _require(not node["constraints"], "constraints of a table")
    for column in node["columns"].values():
        constraints = [each["type"] for each in column["constraints"]]
        _require(constraints in ([], ["not_null"]), f"constraints {constraints}")
        yield f'"{column["name"]}" {column["data_type"]}{" not null" if constraints else ""}'


def _compiled(node: Node) -> str:
    if _is_test(node):
        settings = {name: node["config"][name] for name in _USUAL_TEST}
        settings["severity"] = settings["severity"].upper()
        _require(settings == _USUAL_TEST, f"a test with {settings}")
    return str(node["compiled_code"])


def _require(known: bool, what: str) -> None:
    if not known:
        raise _UnknownError(f"{what}: only dbt itself knows that (samordna run --with-dbt)")
