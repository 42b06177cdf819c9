"""What has changed since a publication, told at the terminal in the installation's language."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from rich.console import Console
from rich.table import Table

from dagster_project.compare import DifferingFigure
from dagster_project.compare_publication import SincePublication
from dagster_project.compare_report import names


def print_since(found: SincePublication, language: str, out: Console) -> None:
    """Print for each municipality which key figures are others, and what may have made them so."""
    words, figures = _WORDS[language], found.figures
    out.print()
    out.print(
        words["since"].format(
            publication=figures.publication,
            made_on=_day(found.made_on, language),
            before=figures.set_before,
            after=figures.set_after,
        )
    )
    if figures.set_before == figures.set_after:
        out.print(words["same_set"])
    for code in figures.as_of:
        out.print()
        for line in _sentences(found, code, language):
            out.print(line)
        shown = [cell for cell in figures.at_a_glance if cell.municipality_code == code]
        if shown:
            out.print(_table_of_figures(shown, language))
        if found.rules[code]:
            out.print(_table_of_rules(found, code, language))
    for code in found.absent:
        out.print(words["absent"].format(municipality=figures.municipalities.get(code, code)))


def _sentences(found: SincePublication, code: str, language: str) -> Iterator[str]:
    words, figures = _WORDS[language], found.figures
    differing = sum(cell.municipality_code == code for cell in figures.at_a_glance)
    yield words["some" if differing else "nothing"].format(
        municipality=figures.municipalities[code],
        number=differing,
        of=found.key_figures[code],
        day=_day(figures.as_of[code], language),
    )
    inputs = found.inputs.get(code)
    if inputs:
        yield words["other_inputs"].format(new=inputs.new, gone=inputs.gone)
    elif differing:
        yield words["same_inputs"]


def _table_of_figures(shown: list[DifferingFigure], language: str) -> Table:
    words, indicators = _WORDS[language], names("indicators", language)
    table = Table(box=None, pad_edge=False)
    table.add_column(words["indicator"])
    for header in ("before", "now", "change"):
        table.add_column(words[header], justify="right")
    for cell in shown:
        table.add_row(
            indicators.get(cell.indicator, cell.indicator),
            _figure(cell, language, is_before=True),
            _figure(cell, language, is_before=False),
            _value(cell, cell.difference, language, is_difference=True),
        )
    return table


def _table_of_rules(found: SincePublication, code: str, language: str) -> Table:
    words, rules = _WORDS[language], names("rules", language)
    table = Table(box=None, pad_edge=False)
    table.add_column(words["rule"])
    for header in ("before", "now"):
        table.add_column(words[header], justify="right")
    for rule, (before, now) in found.rules[code].items():
        table.add_row(rules.get(rule, rule), str(before), str(now))
    return table


def _figure(cell: DifferingFigure, language: str, *, is_before: bool) -> str:
    """Return a value with what it is made of: `42,3 % (55/130)`."""
    if is_before:
        value, of = cell.value_before, (cell.numerator_before, cell.denominator_before)
    else:
        value, of = cell.value_after, (cell.numerator_after, cell.denominator_after)
    counted = "/".join(str(count) for count in of if count is not None)
    shown = _value(cell, value, language)
    return f"{shown} ({counted})" if counted and value is not None else shown


def _value(
    cell: DifferingFigure, value: float | None, language: str, *, is_difference: bool = False
) -> str:
    if value is None:
        return "-"
    words, sign = _WORDS[language], "+" if is_difference else ""
    if cell.kind == "count":
        return f"{value:{sign}.0f}"
    number = f"{100 * value if cell.kind == 'share' else value:{sign}.1f}"
    unit = words["points" if is_difference else "per_cent"] if cell.kind == "share" else ""
    return number.replace(".", words["decimal_mark"]) + unit


def _day(day: dt.date, language: str) -> str:
    return day.strftime(_WORDS[language]["date"])


_WORDS: dict[str, dict[str, str]] = {
    "nb": {
        "since": "Telt nå med definisjonssett {after}. Til sammenligning: publiseringen "
        "{publication} fra {made_on}, definisjonssett {before}.",
        "same_set": "Definisjonssettet er det samme som da.",
        "some": "{municipality}: {number} av {of} nøkkeltall per {day} er endret.",
        "nothing": "{municipality}: Ingen av {of} nøkkeltall per {day} er endret.",
        "same_inputs": "Leveransene er de samme som da, så det er tellereglene som har endret "
        "tallene.",
        "other_inputs": "Leveransene er ikke de samme som da ({new} nye, {gone} som ikke gjelder "
        "lenger). Noe av endringen kan komme av dem.",
        "absent": "{municipality}: Ikke med i den publiseringen.",
        "indicator": "Nøkkeltall",
        "rule": "Regler med et annet antall funn",
        "before": "Før",
        "now": "Nå",
        "change": "Endring",
        "per_cent": " %",
        "points": " prosentpoeng",
        "decimal_mark": ",",
        "date": "%d.%m.%Y",
    },
    "nn": {
        "since": "Talt no med definisjonssett {after}. Til samanlikning: publiseringa "
        "{publication} frå {made_on}, definisjonssett {before}.",
        "same_set": "Definisjonssettet er det same som då.",
        "some": "{municipality}: {number} av {of} nøkkeltal per {day} er endra.",
        "nothing": "{municipality}: Ingen av {of} nøkkeltal per {day} er endra.",
        "same_inputs": "Leveransane er dei same som då, så det er teljereglane som har endra tala.",
        "other_inputs": "Leveransane er ikkje dei same som då ({new} nye, {gone} som ikkje gjeld "
        "lenger). Noko av endringa kan kome av dei.",
        "absent": "{municipality}: Ikkje med i den publiseringa.",
        "indicator": "Nøkkeltal",
        "rule": "Reglar med eit anna tal på funn",
        "before": "Før",
        "now": "No",
        "change": "Endring",
        "per_cent": " %",
        "points": " prosentpoeng",
        "decimal_mark": ",",
        "date": "%d.%m.%Y",
    },
    "en": {
        "since": "Counted now by definition set {after}. Compared with publication "
        "{publication} of {made_on}, definition set {before}.",
        "same_set": "The definition set is the same as then.",
        "some": "{municipality}: {number} of {of} key figures on {day} are others than then.",
        "nothing": "{municipality}: None of {of} key figures on {day} is another than then.",
        "same_inputs": "The deliveries are the same as then: the rules have changed the figures.",
        "other_inputs": "The deliveries are not the same as then ({new} new, {gone} no longer in "
        "force). Some of the change may be theirs.",
        "absent": "{municipality}: Not in that publication.",
        "indicator": "Key figure",
        "rule": "Rules with another number of findings",
        "before": "Before",
        "now": "Now",
        "change": "Change",
        "per_cent": " %",
        "points": " pp",
        "decimal_mark": ".",
        "date": "%d/%m/%Y",
    },
}
