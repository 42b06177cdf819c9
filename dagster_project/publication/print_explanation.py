"""An explanation as a person at a terminal reads it."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from dagster_project.publication.explain import Explanation, Waterfall
from dagster_project.publication.reader.comparability import Grade, Reason
from dagster_project.publication.reader.coverage import Figure
from dagster_project.publication.reader.provenance import FoundRow
from dagster_project.publication.reader.reference import ALL, Kind

_REASONS = {
    "source_missing": "a source that it needs is missing: {value}",
    "rows_quarantined": "rows quarantined: {quarantined} of {rows} (grade {value})",
    "rows_changed": "rows repaired or ended by a rule: {changed} of {rows} (grade {value})",
    "systems_disagree": (
        "systems agree on {agreement} of the {persons} persons whom several know (grade {value})"
    ),
    "reported_differs": "units report {reported} off what is registered (grade {value})",
}
_BREAKS = {
    "system_change": "change of system",
    "definition_change": "change of definition",
    "border_change": "change of municipality border",
    "volume": "volume rose or fell by half within a month",
    "other": "other",
}


def print_explanation(console: Console, explanation: Explanation) -> None:
    """Print an explanation, the figure first and the way to it after."""
    cut = [
        f"{explanation.municipality.name} ({explanation.municipality.code})",
        str(explanation.date),
    ]
    cut.append("all ages" if explanation.age_group == ALL else f"age {explanation.age_group}")
    cut.append("all service areas" if explanation.service_area == ALL else explanation.service_area)
    console.print(f"[bold]{explanation.indicator.names.en}[/bold], {', '.join(cut)}")
    console.print(_figure(explanation.indicator.kind, explanation.figure))
    console.print(f"\n[bold]Definition[/bold] ({explanation.municipality.definition_set})")
    console.print(f"{explanation.indicator.definitions.en}.")
    table = _table("Parameter", "Value", "")
    for each in sorted(explanation.parameters, key=lambda each: each.code):
        changed = "changed by this installation" if each.is_changed else ""
        table.add_row(each.code, each.value, changed)
    console.print(table)
    console.print(f"\n[bold]Grade {explanation.grade.letter}[/bold]")
    if not explanation.grade.reasons:
        console.print("  every limit of grade A is kept")
    for reason in explanation.grade.reasons:
        console.print(f"  {_reason(reason, explanation.grade)}")
    _print_breaks(console, explanation)
    console.print("\n[bold]Sources[/bold] (the newest delivery of each)")
    table = _table("Source", "System", "Record", "File", "Date", "Rows", "Counted", "Quarantined")
    for d in explanation.deliveries:
        counts = (f"{n:,}" for n in (d.rows_read, d.rows_counted, d.rows_quarantined))
        table.add_row(d.source, d.system or "", d.record, d.delivery, str(d.delivered), *counts)
    console.print(table)
    for waterfall in explanation.waterfalls:
        _print_waterfall(console, explanation, waterfall)
    if explanation.age_group != ALL or explanation.service_area != ALL:
        console.print(
            "\nThe way from the rows is that of the whole municipality; the figure is one part of "
            "its end."
        )
    console.print(
        "\nThe rows behind a step marked *: samordna explain ... --rule <step> "
        "(they may stand in any file of the sources above, older ones too)."
    )


def print_rows(console: Console, rule: str, rows: Sequence[FoundRow]) -> None:
    """Print the rows that a rule touched."""
    console.print(f"[bold]{rule}[/bold]: {len(rows):,} {'row' if len(rows) == 1 else 'rows'}")
    table = _table("Source", "File", "Row", "Registration", "What", "First seen")
    for row in rows:
        table.add_row(
            row.source,
            row.delivery,
            str(row.row_number),
            row.registration or "",
            row.detail or "",
            str(row.first_seen),
        )
    console.print(table)


def _figure(kind: Kind, figure: Figure) -> str:
    if kind is Kind.SHARE:
        text = f"{figure.numerator:,} of {figure.denominator:,}: {_percent(figure.value)}"
    elif kind is Kind.MEDIAN:
        text = f"median {figure.value:g} days, of {figure.denominator:,}"
    elif kind is Kind.COUNT:
        text = f"{figure.numerator:,}"
    else:
        text = f"{figure.numerator:,} of {figure.denominator:,}: {figure.value:.2f}"
    if figure.low is not None and figure.high is not None:
        low, high = (
            (_percent(limit) if kind is Kind.SHARE else f"{limit:.2f}")
            for limit in (figure.low, figure.high)
        )
        text += f" ({'quartiles' if kind == 'median' else '95 % interval'} {low} to {high})"
    if figure.bound_low is not None and figure.bound_high is not None:
        text += (
            f"\nAs counted {_percent(figure.bound_low)}; if every quarantined row that names a "
            f"person of the target group had counted, {_percent(figure.bound_high)}."
        )
    return text


def _reason(reason: Reason, grade: Grade) -> str:
    return _REASONS[reason.code].format(
        value=reason.about,
        rows=f"{grade.rows_behind:,}",
        quarantined=_percent(grade.quarantined_share),
        changed=_percent(grade.changed_share),
        agreement=_percent(grade.agreement_share),
        persons=grade.persons_known_by_several,
        reported=_percent(grade.reported_difference),
    )


def _print_breaks(console: Console, explanation: Explanation) -> None:
    if not explanation.breaks:
        return
    console.print("\n[bold]Breaks of the series[/bold] (the two sides are not compared)")
    for found in explanation.breaks:
        what = found.source or found.record or found.indicator
        about = ", ".join(filter(None, (what, found.notes.en)))
        console.print(
            f"  {found.first_day_after}: {_BREAKS[found.kind]}{f' ({about})' if about else ''}"
        )


def _print_waterfall(console: Console, explanation: Explanation, waterfall: Waterfall) -> None:
    measure = waterfall.measure
    console.print(f"\n[bold]From the rows to: {measure.names.en}[/bold] ({measure.code})")
    table = _table("Step", "Rows", "")
    table.columns[1].justify = "right"
    for step in waterfall.steps:
        rows = f"{step.rows:,}" if step.is_level else f"{step.rows:+,}"
        called = (
            explanation.step_names[step.code].en
            if step.code in explanation.step_names
            else step.code
        )
        name = f"[bold]{called}[/bold]" if step.is_level else f"  {called}"
        table.add_row(name, rows, f"* {step.code}" if step.code in explanation.rules else "")
    console.print(table)


def _table(*headers: str) -> Table:
    table = Table(box=None, pad_edge=False)
    numbers = {"Rows", "Counted", "Quarantined", "Row"}
    for header in headers:
        # A file's name that is cut short leads nowhere.
        table.add_column(header, justify="right" if header in numbers else "left", no_wrap=True)
    return table


def _percent(share: float | None) -> str:
    return "not measured" if share is None else f"{100 * share:.1f} %"
