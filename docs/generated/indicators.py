"""The indicators on the methods page: numerator, denominator, the sum, and how certain it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from docs.generated import intervals
from docs.generated.examples import Example, Row
from docs.generated.tables import anchor, table
from docs.generated.words import NOTHING, Words, seed

# Of how many the intervals are shown: the same share, and rates on either side of ten.
_SHARES, _RATES = ((3, 10), (30, 100), (300, 1000)), ((3, 1000), (12, 1000), (120, 10_000))
_WILSON = "(2x + z² ± z · √(z² + 4x · (1 − x/n))) / (2 · (n + z²))"
_BYAR = (
    "x · (1 − 1/(9x) − z/(3√x))³",
    "(x + 1) · (1 − 1/(9(x + 1)) + z/(3√(x + 1)))³",
)


class Indicators:
    """What the page says of the indicators, in one language."""

    def __init__(self, examples: Sequence[Example], words: Words) -> None:
        self._examples, self._words = examples, words
        self._arithmetic = [example for example in examples if example.form == "arithmetic"]

    def imagined(self) -> dict[str, str]:
        """Return the size of the municipality that the sums are of."""
        found: dict[str, int] = {}
        for example in self._arithmetic:
            for row in example.expect:
                indicator = _indicator(str(row["indicator"]))
                found[indicator["denominator_measure"]] = row["denominator"]
        return {
            key: self._words.number(found[key], 0) if key in found else NOTHING
            for key in ("target_group", "inhabitants")
        }

    def each(self) -> Iterator[str]:
        """Yield what is said of each indicator."""
        words = self._words
        sums = {row["indicator"]: row for example in self._arithmetic for row in example.expect}
        for row in sorted(seed("indicators"), key=lambda row: int(row["sort_order"])):
            examples = [e for e in self._examples if row["indicator"] in e.indicators]
            links = ", ".join(
                f"[{words.text(e, 'title')}](#{anchor(words.heading(e))})" for e in examples
            )
            counted = [
                (words(f"labels.{part}"), words.measure(row[f"{part}_measure"]))
                for part in ("numerator", "denominator")
                if row[f"{part}_measure"]
            ]
            records = [words.record(code) for code in row["needs"].split(";")]
            needs = ", ".join(name[:1].lower() + name[1:] for name in records)
            facts = [
                *counted,
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
            yield from (f"| {name} | {fact} |" for name, fact in facts)

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
            between = words.number(low or 0, 1), words.number(high or 0, 1)
            spread = f" {words('labels.and')} ".join(between)
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

    def uncertainty(self) -> Iterator[str]:
        """Yield how the intervals are computed, with small examples."""
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

    def breakdowns(self) -> Iterator[str]:
        """Yield the age groups and the service areas."""
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


def _indicator(code: str) -> Mapping[str, str]:
    return next(row for row in seed("indicators") if row["indicator"] == code)


def _whole(words: Words, *numbers: int) -> list[str]:
    return [words.number(number, 0) for number in numbers]
