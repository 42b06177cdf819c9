"""The methods page: every counting rule with an example of what it does."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import yaml

from dagster_project.config.paths import DBT_PROJECT
from docs.generated import timeline
from docs.generated.examples import Example
from docs.generated.indicators import Indicators
from docs.generated.tables import anchor, before_and_after, table
from docs.generated.words import Words, seed

PICTURES = Path("pictures") / "metode"
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


class _Page:
    def __init__(self, examples: Sequence[Example], words: Words) -> None:
        self._examples, self._words = examples, words
        self._indicators = Indicators(examples, words)

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
        text = words(f"sections.{section}.text", **parameters, **self._indicators.imagined())
        yield ""
        yield f"## {self._title(section)}"
        yield ""
        yield text or words("page.legend")
        if section == "7":
            yield from self._indicators.each()
        if section == "8":
            yield from self._grades()
        for example in self._examples:
            if example.section.partition(".")[0] == section and example.form != "arithmetic":
                yield from self.example(example)
        if section == "7":
            yield from self._indicators.uncertainty()
            yield from self._indicators.breakdowns()
        if section == "8":
            yield from self._breaks()

    def _title(self, section: str) -> str:
        title = self._words(f"sections.{section}.title")
        return f"{section}. {title}" if section.isdigit() else title

    def example(self, example: Example) -> Iterator[str]:
        """Yield what the page says of one example."""
        words = self._words
        yield ""
        yield f"### {words.heading(example)}"
        yield ""
        yield words.text(example, "text")
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
            row = self._rule(rule)
            advice = words.name(row, "advice")
            then = f" {words('labels.advice')}: {advice}" if advice else ""
            action = words.interface(f"action.{row['action']}")
            yield f"- *{words.rule(rule)}* ({action}).{then}"

    def _rule(self, rule: str) -> Mapping[str, str]:
        return next(row for row in seed("rules") if row["rule"] == rule)

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
        return f"[{name}](#{anchor(self._words.heading(shown))})" if shown else name

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
