"""The methods page: every counting rule with an example of what it does."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import yaml

from dagster_project.settings import DBT_PROJECT
from docs.generated import intervals, timeline
from docs.generated.examples import Example, Row
from docs.generated.tables import before_and_after, table
from docs.generated.words import NOTHING, Words, seed

PICTURES = Path("pictures") / "metode"
_SHARES, _RATES = ((3, 10), (30, 100), (300, 1000)), ((3, 1000), (12, 1000), (120, 10_000))
_WILSON = "(2x + z² ± z · √(z² + 4x · (1 − x/n))) / (2 · (n + z²))"
_BYAR = (
    "x · (1 − 1/(9x) − z/(3√x))³",
    "(x + 1) · (1 − 1/(9(x + 1)) + z/(3√(x + 1)))³",
)
_GRADE_LIMITS = (
    "max_quarantined_share",
    "max_changed_share",
    "min_agreement",
    "max_reported_difference",
)


def page(examples: Sequence[Example], words: Words) -> str:
    """Return the page in one language."""
    text = "\n".join([*_Page(examples, words)(), ""])
    return re.sub(r"\n{3,}", "\n\n", text)


def pictures(examples: Sequence[Example], words: Words) -> dict[str, str]:
    """Return the pictures of the page by the names of their files."""
    return {
        f"{example.name}.{words.language}.svg": timeline.picture(example, words)
        for example in examples
        if example.form == "timeline"
    }


def example(shown: Example, words: Words) -> str:
    """Return what the page says of one example, with its picture."""
    drawn = timeline.picture(shown, words) if shown.form == "timeline" else ""
    return "\n".join([*_Page([shown], words).example(shown), drawn])


def anchor(heading: str) -> str:
    """Return what a heading is linked by, as GitHub makes it of the text."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


class _Page:
    def __init__(self, examples: Sequence[Example], words: Words) -> None:
        self._examples, self._words = examples, words
        self._arithmetic = [example for example in examples if example.form == "arithmetic"]

    def __call__(self) -> Iterator[str]:
        words = self._words
        project = yaml.safe_load((DBT_PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))
        body = [line for section in words.sections() for line in self._section(section)]
        body += [*self._parameters(), *self._rules(), *self._glossary()]
        yield f"<!-- {words('page.made_by')} -->"
        yield f"# {words('page.title')}"
        yield ""
        yield words("page.introduction")
        yield ""
        definition_set = project["vars"]["definition_set"]
        yield f"{words('page.set', definition_set=definition_set)} {words('page.other_language')}"
        yield ""
        yield words("page.trace")
        yield ""
        yield f"**{words('page.contents')}**"
        yield ""
        headings = [line.removeprefix("## ") for line in body if line.startswith("## ")]
        yield from (f"- [{heading}](#{anchor(heading)})" for heading in headings)
        yield from body

    def _section(self, section: str) -> Iterator[str]:
        words = self._words
        parameters = {row["parameter"]: words.parameter(row) for row in seed("parameters")}
        text = words(f"sections.{section}.text", **parameters, **self._imagined())
        yield ""
        yield f"## {self._title(section)}"
        yield ""
        yield text or words("page.legend")
        for example in self._examples:
            if example.section.partition(".")[0] == section and example.form != "arithmetic":
                yield from self.example(example)
        if section == "7":
            yield from self._indicators()
            yield from self._uncertainty()
            yield from self._breakdowns()
        if section == "8":
            yield from self._grades()
            yield from self._breaks()

    def _title(self, section: str) -> str:
        title = self._words(f"sections.{section}.title")
        return f"{section}. {title}" if section.isdigit() else title

    def _heading(self, example: Example) -> str:
        number = f"{example.section} " if "." in example.section else ""
        return f"{number}{self._words.said(example, 'title')}"

    def example(self, example: Example) -> Iterator[str]:
        """Yield what the page says of one example."""
        words = self._words
        yield ""
        yield f"### {self._heading(example)}"
        yield ""
        yield words.said(example, "text")
        yield ""
        if example.form == "timeline":
            file = (PICTURES / f"{example.name}.{words.language}.svg").as_posix()
            yield f"![{timeline.in_words(example, words)}]({file})"
            yield ""
        else:
            yield from before_and_after(example, words)
        yield from self._findings(example)

    def _findings(self, example: Example) -> Iterator[str]:
        words = self._words
        if not example.rules:
            return
        yield f"{words('labels.finding')}:"
        yield ""
        for rule in example.rules:
            advice = words.interface(f"advice.{rule}") if self._has_advice(rule) else ""
            then = f" {words('labels.advice')}: {advice}" if advice else ""
            action = words.interface(f"action.{self._rule(rule)['action']}")
            yield f"- *{words.rule(rule)}* ({action}).{then}"

    def _has_advice(self, rule: str) -> bool:
        return self._words.interface.known(f"advice.{rule}")

    def _rule(self, rule: str) -> Mapping[str, str]:
        return next(row for row in seed("rules") if row["rule"] == rule)

    # --- indicators ---

    def _imagined(self) -> dict[str, str]:
        """Return the size of the municipality that the sums are of."""
        found: dict[str, int] = {}
        for example in self._arithmetic:
            for row in example.expect:
                indicator = self._indicator(str(row["indicator"]))
                found[indicator["denominator_measure"]] = row["denominator"]
        return {
            key: self._words.number(found[key], 0) if key in found else NOTHING
            for key in ("target_group", "inhabitants")
        }

    def _indicator(self, code: str) -> Mapping[str, str]:
        return next(row for row in seed("indicators") if row["indicator"] == code)

    def _indicators(self) -> Iterator[str]:
        words = self._words
        sums = {row["indicator"]: row for example in self._arithmetic for row in example.expect}
        for row in sorted(seed("indicators"), key=lambda row: int(row["sort_order"])):
            examples = [e for e in self._examples if row["indicator"] in e.indicators]
            links = ", ".join(
                f"[{words.said(e, 'title')}](#{anchor(self._heading(e))})" for e in examples
            )
            denominator = row["denominator_measure"]
            records = [words.record(code) for code in row["needs"].split(";")]
            needs = ", ".join(name[:1].lower() + name[1:] for name in records)
            facts = [
                (words("labels.numerator"), words.measure(row["numerator_measure"])),
                (
                    words("labels.denominator"),
                    words.measure(denominator) if denominator else NOTHING,
                ),
                (words("labels.sum"), self._sum(row, sums[row["indicator"]])),
                (words("labels.uncertainty"), words(f"uncertainty.of_{row['kind']}")),
                (words("labels.needs"), needs),
                *([(words("labels.examples"), links)] if links else []),
            ]
            yield ""
            yield f"### {words.name(row)}"
            yield ""
            yield f"{words.name(row, 'definition')}."
            yield ""
            yield "| | |"
            yield "|---|---|"
            yield from (f"| {name} | {said} |" for name, said in facts)

    def _sum(self, indicator: Mapping[str, str], row: Row) -> str:
        """Return the arithmetic of an indicator: `9 / 40 = 22,5 % (95 % KI 12,3–37,5 %)`."""
        words, kind = self._words, indicator["kind"]
        value = float(row["value"])
        if kind == "count":
            return f"**{words.number(value, 0)}**"
        low, high = (
            float(row[limit]) if row[limit] is not None else None for limit in ("ci_low", "ci_high")
        )
        of = words.number(row["denominator"], 0)
        if kind == "median":
            spread = f"{words.number(low or 0, 1)}–{words.number(high or 0, 1)}"
            notices = words.measure(indicator["denominator_measure"]).lower()
            return (
                f"{of} {notices}: **{words.number(value, 1)} {words('labels.days')}** "
                f"({words('labels.half_of')} {spread})"
            )
        counted = words.number(row["numerator"], 0)
        if kind == "ratio":
            return f"{counted} / {of} = **{words.decimal(value)}**"
        if kind == "share":
            spread = f"{words.decimal(100 * (low or 0))}–{words.per_cent_of(high or 0)}"
            return (
                f"{counted} / {of} = **{words.per_cent_of(value)}** "
                f"({words('labels.interval')} {spread})"
            )
        times = words.number(int(indicator["multiplier"]), 0)
        spread = f"{words.decimal(low or 0)}–{words.decimal(high or 0)}"
        return (
            f"{counted} / {of} × {times} = **{words.decimal(value)}** "
            f"({words('labels.interval')} {spread})"
        )

    def _uncertainty(self) -> Iterator[str]:
        words = self._words
        header = [
            words(f"uncertainty.{column}") for column in ("counted", "of", "value", "low", "high")
        ]
        yield ""
        yield f"### {words('uncertainty.title')}"
        yield ""
        yield words("uncertainty.text")
        yield ""
        yield words("uncertainty.share")
        yield ""
        yield f"> {_WILSON}"
        yield ""
        shares = []
        for events, total in _SHARES:
            limits = (words.per_cent_of(limit) for limit in intervals.wilson(events, total))
            shares.append(
                [*_whole(words, events, total), words.per_cent_of(events / total), *limits]
            )
        yield from table(header, shares)
        yield ""
        yield words("uncertainty.rate")
        yield ""
        for formula in _BYAR:
            yield f"> {formula}"
            yield ""
        rates = []
        for events, total in _RATES:
            figures = (1000 * figure / total for figure in (events, *intervals.byar(events)))
            rates.append([*_whole(words, events, total), *(words.decimal(f) for f in figures)])
        header[2] += f" ({words('labels.per')} {words.number(1000, 0)})"
        yield from table(header, rates)
        yield ""
        yield words("uncertainty.median")

    def _breakdowns(self) -> Iterator[str]:
        words = self._words
        schemes: dict[str, list[str]] = {}
        for row in seed("age_groups"):
            schemes.setdefault(row["age_scheme"], []).append(row["age_group"])
        names = [
            words.name(row)
            for row in sorted(seed("service_areas"), key=lambda row: int(row["sort_order"]))
        ]
        yield ""
        yield f"### {words('breakdowns.title')}"
        yield ""
        yield words("breakdowns.text")
        yield ""
        yield from table(
            [words("breakdowns.scheme"), words("breakdowns.groups")],
            [
                [words.interface(f"age_scheme.{scheme}").split(" (")[0], ", ".join(groups)]
                for scheme, groups in schemes.items()
            ],
        )
        yield ""
        yield f"{words('breakdowns.areas')}: {'; '.join(names)}."

    # --- comparability ---

    def _grades(self) -> Iterator[str]:
        words = self._words
        limits = [
            [
                row["grade"],
                *(
                    f"{words('labels.at_least' if limit.startswith('min') else 'labels.up_to')} "
                    f"{words.per_cent(float(row[limit]))}"
                    for limit in _GRADE_LIMITS
                ),
            ]
            for row in seed("grades")
        ]
        columns = ("grade", *_GRADE_LIMITS)
        yield ""
        yield from table([words(f"grades.{column}") for column in columns], limits)
        yield ""
        yield f"- **D**: {words('grades.d')}."
        yield f"- **X**: {words('grades.x')}."
        yield ""
        yield words("grades.ranked")

    def _breaks(self) -> Iterator[str]:
        words = self._words
        yield ""
        yield f"### {words('breaks.title')}"
        yield ""
        yield words("breaks.text")
        yield ""
        yield from table(
            [words("breaks.from"), words("breaks.what"), words("breaks.about")],
            [
                [
                    words.day(row["first_day_after"]),
                    words.name(row, "note"),
                    words.named("indicators", row["indicator"], "indicator")
                    if row["indicator"]
                    else words("labels.all"),
                ]
                for row in seed("breaks")
            ],
        )

    # --- registers ---

    def _parameters(self) -> Iterator[str]:
        words = self._words
        yield ""
        yield f"## {words('parameters.title')}"
        yield ""
        yield words("parameters.text")
        yield ""
        yield from table(
            [words(f"parameters.{column}") for column in ("parameter", "value", "section")],
            [
                [words.name(row), words.parameter(row), self._place(row["section"])]
                for row in seed("parameters")
            ],
        )

    def _rules(self) -> Iterator[str]:
        words = self._words
        yield ""
        yield f"## {words('rules.title')}"
        yield ""
        yield from table(
            [words("rules.rule"), words("rules.action"), words("rules.section")],
            [
                [
                    self._linked(row),
                    words.interface(f"action.{row['action']}"),
                    self._place(row["section"]),
                ]
                for row in seed("rules")
            ],
        )

    def _linked(self, rule: Mapping[str, str]) -> str:
        name = self._words.name(rule)
        shown = next((e for e in self._examples if rule["rule"] in e.rules), None)
        return f"[{name}](#{anchor(self._heading(shown))})" if shown else name

    def _place(self, section: str) -> str:
        if section == "contract":
            return f"[{self._words('rules.contract')}](contract.md)"
        number = section.partition(".")[0]
        shown = section if section != "D" else self._title("D")
        return f"[{shown}](#{anchor(self._title(number))})"

    def _glossary(self) -> Iterator[str]:
        words = self._words
        yield ""
        yield f"## {words('glossary.title')}"
        yield ""
        yield from table(
            [words(f"glossary.{column}") for column in ("term", "meaning", "law")],
            [
                [words.either(entry["term"]), words.either(entry["meaning"]), entry["law"]]
                for entry in words.terms()
            ],
        )
        yield ""
        yield words("glossary.acts")


def _whole(words: Words, *numbers: int) -> list[str]:
    return [words.number(number, 0) for number in numbers]
