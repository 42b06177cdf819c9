"""A whole comparison as files for other programs: a workbook, JSON-stat 2.0, Parquet.

Each carries what it means: dimensions with their names, definitions, how counts were rounded, and
how to read it in R, Python and Power Query.
"""

from __future__ import annotations

import datetime as dt
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from string import Template

import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter

from dashboards.export.downloads import XLSX_TYPE, harmless
from dashboards.i18n.texts import Texts

MIME = {
    "xlsx": XLSX_TYPE,
    "json": "application/json",
    "parquet": "application/vnd.apache.parquet",
}
# What is measured, in the order of the files.
MEASURES = (
    "events",
    "persons",
    "value",
    "ci_low",
    "ci_high",
    "rounding_low",
    "rounding_high",
    "standardised",
)
_SHARES = frozenset(MEASURES[2:])
_README = "README"


# How the files are read by other programs; `$file` is the name of the Parquet file.
_RECIPE = Template(
    """
R
library(arrow)
d = read_parquet("$file")
subset(d, not_compared == "" & age_group == "67-79" & service_area == "all")
JSON-stat: rjstat::fromJSONstat(readLines("$json"))

Python
import pandas as pd
d = pd.read_parquet("$file")
d[(d.not_compared == "") & (d.age_group == "67-79") & (d.service_area == "all")]

Power Query
Power BI: = Parquet.Document(File.Contents("C:\\$file"))
Excel: $excel
"""
)


@dataclass(frozen=True)
class Dimension:
    """A dimension: its id, its name, and its categories by code in their order."""

    id: str
    name: str
    categories: Mapping[str, str]


@dataclass(frozen=True)
class Observation:
    """The figure at a place (a code of each dimension), with what stands beside it.

    Shares are of 1. `month` is that of the figure; `not_compared` says why it is not compared.
    """

    place: tuple[str, ...]
    month: str
    grade: str
    events: int
    persons: int
    value: float
    ci_low: float | None
    ci_high: float | None
    rounding_low: float
    rounding_high: float
    standardised: float | None
    not_compared: str


@dataclass(frozen=True)
class Cube:
    """All figures of a comparison; `about` are its notes by heading, `recipe` how to read it."""

    title: str
    month: str
    updated: dt.date
    dimensions: tuple[Dimension, ...]
    observations: tuple[Observation, ...]
    about: Mapping[str, str]
    recipe: str


def recipe(words: str, excel: str, file: str) -> str:
    """Return how the files are read: what to know in words, and code for other programs."""
    code = _RECIPE.substitute(file=file, json=file.replace(".parquet", ".json"), excel=excel)
    return f"{words}\n{code}"


def as_parquet(cube: Cube, texts: Texts) -> bytes:  # noqa: ARG001 - all writers are called alike
    """Return a row for each figure, codes and names; the notes are the file's metadata."""
    columns: dict[str, pa.Array] = {}
    for at, dimension in enumerate(cube.dimensions):
        codes = [each.place[at] for each in cube.observations]
        columns[dimension.id] = pa.array(codes, pa.string())
        columns[f"{dimension.id}_name"] = pa.array(
            [dimension.categories[code] for code in codes], pa.string()
        )
    kinds = {"events": pa.int32(), "persons": pa.int32(), **dict.fromkeys(_SHARES, pa.float64())}
    for name in ("month", "grade", *MEASURES, "not_compared"):
        column = [getattr(each, name) for each in cube.observations]
        columns[name] = pa.array(column, kinds.get(name, pa.string()))
    table = pa.table(columns).replace_schema_metadata(
        {"title": cube.title, **cube.about, _README: cube.recipe}
    )
    file = io.BytesIO()
    pq.write_table(table, file, compression="zstd")
    return file.getvalue()


def as_json_stat(cube: Cube, texts: Texts) -> bytes:
    """Return the figures as a JSON-stat 2.0 dataset, the measures as its last dimension."""
    places = {
        dimension.id: {code: at for at, code in enumerate(dimension.categories)}
        for dimension in cube.dimensions
    }
    sizes = [len(each.categories) for each in cube.dimensions] + [len(MEASURES)]
    value: dict[str, float | int] = {}
    status: dict[str, str] = {}
    for each in cube.observations:
        at = 0
        for dimension, code, size in zip(cube.dimensions, each.place, sizes, strict=False):
            at = at * size + places[dimension.id][code]
        for number, measure in enumerate(MEASURES):
            known = getattr(each, measure)
            index = str(at * len(MEASURES) + number)
            if known is not None:
                value[index] = round(known, 6)
                if each.not_compared:
                    status[index] = each.not_compared
    measures = {name: texts(f"comparison.measure_{name}") for name in MEASURES}
    dimensions = {
        each.id: {
            "label": each.name,
            "category": {"index": list(each.categories), "label": dict(each.categories)},
        }
        for each in cube.dimensions
    }
    dataset = {
        "version": "2.0",
        "class": "dataset",
        "label": cube.title,
        "source": cube.about[texts("notes.source")],
        "updated": cube.updated.isoformat(),
        "id": [*dimensions, "measure"],
        "size": sizes,
        "role": {"geo": [cube.dimensions[0].id], "metric": ["measure"]},
        "dimension": {
            **dimensions,
            "measure": {
                "label": texts("comparison.measure"),
                "category": {"index": list(MEASURES), "label": measures},
            },
        },
        "value": value,
        "status": status,
        "note": [f"{name}: {text}" for name, text in cube.about.items()],
        "extension": {"month": cube.month, "recipe": cube.recipe},
    }
    return json.dumps(dataset, ensure_ascii=False).encode("utf-8")


def as_workbook(cube: Cube, texts: Texts) -> bytes:
    """Return a workbook: a row for each figure, the notes, and how to read it in other programs."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False}) as workbook:
        figures = workbook.add_worksheet(texts("download.sheet_figures"))
        bold = workbook.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        share = workbook.add_format({"num_format": "0.0 %"})
        whole = workbook.add_format({"num_format": "#,##0"})
        names = [each.name for each in cube.dimensions]
        measures = [texts(f"comparison.measure_{name}") for name in MEASURES]
        headings = [
            *names,
            texts("filter.month"),
            texts("front.grade"),
            *measures,
            texts("compare.why_apart"),
        ]
        for column, heading in enumerate(headings):
            figures.write_string(0, column, heading, bold)
        for row, each in enumerate(cube.observations, start=1):
            of_place = [
                dimension.categories[code]
                for dimension, code in zip(cube.dimensions, each.place, strict=True)
            ]
            for column, text in enumerate([*of_place, each.month, each.grade]):
                figures.write_string(row, column, harmless(text))
            for column, name in enumerate(MEASURES, start=len(names) + 2):
                known = getattr(each, name)
                if known is not None:
                    figures.write_number(row, column, known, share if name in _SHARES else whole)
            figures.write_string(row, len(headings) - 1, harmless(each.not_compared))
        figures.set_column(0, len(names) - 1, 26)
        figures.set_column(len(names), len(headings) - 1, 14)
        figures.freeze_panes(1, 1)
        figures.autofilter(0, 0, len(cube.observations), len(headings) - 1)
        wrapped = workbook.add_format({"text_wrap": True, "valign": "top"})
        notes = workbook.add_worksheet(texts("download.sheet_notes"))
        notes.set_column(0, 0, 30)
        notes.set_column(1, 1, 100)
        for row, (name, text) in enumerate({cube.title: "", **cube.about}.items()):
            notes.write_string(row, 0, name, bold if not text else wrapped)
            notes.write_string(row, 1, harmless(text), wrapped)
        readme = workbook.add_worksheet(_README)
        readme.set_column(0, 0, 120)
        for row, line in enumerate(cube.recipe.splitlines()):
            readme.write_string(row, 0, harmless(line))
    return file.getvalue()
