"""A comparison of definitions as CSV, in the language of the installation."""

from __future__ import annotations

import csv
import hashlib
import io
import re

from dagster_project import reference
from dagster_project.compare import Comparison
from dagster_project.config.paths import Home
from dagster_project.lock import writing
from dagster_project.warehouse import clear_work

# The names of the sets go into the name of a file, which has its limit.
_LONGEST_NAME = 80
_DECIMALS = 4


def write_report(home: Home, comparison: Comparison, language: str) -> str:
    """Write every cell that differs as CSV into the home's reports, whole or not at all.

    Returns the file's name. `language` is nb, nn or en.
    """
    words = _WORDS[language]
    sets = (_slug(each) for each in (comparison.set_before, comparison.set_after))
    newest = max(comparison.as_of.values())
    publication = [comparison.publication] if comparison.publication else []
    parts = (words["comparison"], f"{newest:%Y%m%d}", *publication, *sets)
    name = "_".join(parts) + ".csv"
    home.reports.mkdir(parents=True, exist_ok=True)
    with writing(home):
        try:
            home.work.mkdir(exist_ok=True)
            unfinished = home.work / name
            unfinished.write_bytes(as_csv(comparison, language))
            unfinished.replace(home.reports / name)
        finally:
            clear_work(home)
    return name


def as_csv(comparison: Comparison, language: str) -> bytes:
    """Return the cells as a Norwegian Excel opens them: `;`, a decimal comma, UTF-8 with BOM."""
    words = _WORDS[language]
    indicators = names("indicators", language)
    areas = {**names("service_areas", language), "all": words["area_all"]}
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
    sides = words["since_publication" if comparison.publication else "changed"].split(";")
    writer.writerow(words["header"].format(*sides).split(";"))
    for cell in comparison.cells:
        factor = 100 if cell.kind == "share" else 1

        def number(value: float | None, factor: int = factor) -> str:
            if value is None:
                return ""
            written = f"{round(factor * value, _DECIMALS):.{_DECIMALS}f}".rstrip("0").rstrip(".")
            return written.replace(".", words["decimal_mark"])

        writer.writerow(
            [
                cell.municipality_code,
                comparison.municipalities[cell.municipality_code],
                indicators.get(cell.indicator, cell.indicator),
                cell.reference_date.strftime(words["date"]),
                cell.age_scheme,
                words.get(f"age_{cell.age_group}", cell.age_group),
                areas.get(cell.service_area, cell.service_area),
                number(cell.numerator_before, 1),
                number(cell.denominator_before, 1),
                number(cell.value_before),
                number(cell.numerator_after, 1),
                number(cell.denominator_after, 1),
                number(cell.value_after),
                number(cell.difference),
                words.get(cell.kind, "").format(per=cell.multiplier),
                cell.set_before,
                cell.set_after,
            ]
        )
    return file.getvalue().encode("utf-8-sig")


def _slug(name: str) -> str:
    slug = re.sub(r"[^A-Za-z0-9._]+", "-", name)
    if len(slug) <= _LONGEST_NAME:
        return slug
    return f"{slug[:_LONGEST_NAME]}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def names(seed: str, language: str) -> dict[str, str]:
    """Return what the codes of a seed are called."""
    named = reference.rows(seed)
    code = next(iter(named[0]))
    return {row[code]: row[f"name_{language}"] for row in named}


# What the report says, in the language of the installation.
_WORDS: dict[str, dict[str, str]] = {
    "nb": {
        "comparison": "sammenligning",
        "header": "Kommunenummer;Kommune;Indikator;Telledato;Aldersinndeling;Aldersgruppe;"
        "Tjenesteområde;Teller {0};Nevner {0};Verdi {0};Teller {1};Nevner {1};Verdi {1};"
        "Differanse;Enhet;Definisjonssett {0};Definisjonssett {1}",
        "changed": "nå;endret",
        "since_publication": "før;nå",
        "age_all": "Alle aldre",
        "age_unknown": "Ukjent",
        "area_all": "Alle områder",
        "share": "%",
        "rate": "per {per}",
        "median": "dager",
        "count": "personer",
        "decimal_mark": ",",
        "date": "%d.%m.%Y",
    },
    "nn": {
        "comparison": "samanlikning",
        "header": "Kommunenummer;Kommune;Indikator;Teljedato;Aldersinndeling;Aldersgruppe;"
        "Tenesteområde;Teljar {0};Nemnar {0};Verdi {0};Teljar {1};Nemnar {1};Verdi {1};"
        "Differanse;Eining;Definisjonssett {0};Definisjonssett {1}",
        "changed": "no;endra",
        "since_publication": "før;no",
        "age_all": "Alle aldrar",
        "age_unknown": "Ukjend",
        "area_all": "Alle område",
        "share": "%",
        "rate": "per {per}",
        "median": "dagar",
        "count": "personar",
        "decimal_mark": ",",
        "date": "%d.%m.%Y",
    },
    "en": {
        "comparison": "comparison",
        "header": "Municipality code;Municipality;Indicator;Reference date;Age scheme;Age group;"
        "Service area;Numerator {0};Denominator {0};Value {0};Numerator {1};"
        "Denominator {1};Value {1};Difference;Unit;Definition set {0};"
        "Definition set {1}",
        "changed": "now;changed",
        "since_publication": "before;now",
        "age_all": "All ages",
        "age_unknown": "Unknown",
        "area_all": "All areas",
        "share": "%",
        "rate": "per {per}",
        "median": "days",
        "count": "persons",
        "decimal_mark": ".",
        "date": "%d/%m/%Y",
    },
}
