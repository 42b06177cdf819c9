"""The figures: who is counted, when, and how many of how many."""

from dagster_project.publication.reader.coverage import (
    EVERY_CUT,
    Cell,
    Cuts,
    Figure,
    Measured,
    Municipality,
    Point,
    cells,
    counted,
    cuts,
    figure,
    municipalities,
    reference_dates,
    series,
    series_rows,
)

__all__ = [
    "EVERY_CUT",
    "Cell",
    "Cuts",
    "Figure",
    "Measured",
    "Municipality",
    "Point",
    "cells",
    "counted",
    "cuts",
    "figure",
    "municipalities",
    "reference_dates",
    "series",
    "series_rows",
]
