"""The official table as a file: XLSX with a sheet of what is hidden and why, or CSV."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import xlsxwriter

from dagster_project.problems import SamordnaError
from dagster_project.reference.municipalities import municipalities
from dagster_project.reference.share_plan import ALL, UNKNOWN
from dagster_project.sharing.official import COLUMNS, THRESHOLD, Hidden, OfficialTable
from dagster_project.storage import write_atomically

# Statistics Norway's sign for what is not shown because of confidentiality.
SIGN = ":"
_WRITERS = (".xlsx", ".csv")


def require_suffix(file: Path) -> None:
    """Raise SamordnaError where a file is neither XLSX nor CSV."""
    if file.suffix.lower() not in _WRITERS:
        raise SamordnaError("official_suffix", path=str(file))


def write_official(table: OfficialTable, file: Path, language: str) -> None:
    """Write a table; `language` is nb, nn or en. Raises SamordnaError."""
    require_suffix(file)
    if file.suffix.lower() == ".csv":
        content = _as_csv(table, language)
        write_atomically(file, content)
    else:
        _write_workbook(table, file, language)


def notes(table: OfficialTable, language: str) -> list[tuple[str, str]]:
    """Return what the table is, and why what is hidden is hidden."""
    words = _WORDS[language]
    name = municipalities().name_today.get(table.municipality, table.municipality)
    hidden = table.hidden
    return [
        (words["title"].format(municipality=name, month=table.month), ""),
        (words["source"], words["publication"].format(
            publication=table.publication, definition_set=table.definition_set)),
        (words["target"], words["target_is"]),
        (SIGN, words["hidden"]),
        *(
            (
                words[f"{reason}_heading"].format(number=hidden[reason]),
                words[reason].format(threshold=THRESHOLD),
            )
            for reason in Hidden
            if hidden[reason]
        ),
    ]  # fmt: skip


def _as_csv(table: OfficialTable, language: str) -> str:
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
    for row in _rows(table, language):
        writer.writerow(row)
    for name, text in notes(table, language):
        writer.writerow([name, text] if text else ["", name])
    # A Norwegian Excel knows UTF-8 by its mark.
    return "\ufeff" + file.getvalue()


def _rows(table: OfficialTable, language: str) -> list[list[str | int]]:
    words = _WORDS[language]
    named = {ALL: words["all"], UNKNOWN: words["unknown"]}
    return [
        [words["age"], *(words[column] for column in COLUMNS)],
        *(
            [named.get(age, age), *(SIGN if isinstance(cell, Hidden) else cell for cell in row)]
            for age, row in zip(table.age_groups, table.cells, strict=True)
        ),
    ]


def _write_workbook(table: OfficialTable, file: Path, language: str) -> None:
    words = _WORDS[language]
    unfinished = file.with_name(f".{file.name}.unfinished")
    with xlsxwriter.Workbook(str(unfinished), {"strings_to_formulas": False}) as book:
        bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
        right = book.add_format({"align": "right"})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        sheet = book.add_worksheet(words["sheet"])
        for at, row in enumerate(_rows(table, language)):
            for place, value in enumerate(row):
                if isinstance(value, int):
                    sheet.write_number(at, place, value)
                else:
                    style = bold if at == 0 else right if place else None
                    sheet.write_string(at, place, value, style)
        sheet.set_column(0, len(COLUMNS), 20)
        sheet.freeze_panes(1, 1)
        about = book.add_worksheet(words["sheet_notes"])
        about.set_column(0, 0, 44)
        about.set_column(1, 1, 90)
        for at, (name, text) in enumerate(notes(table, language)):
            about.write_string(at, 0, name, bold if not text else wrapped)
            about.write_string(at, 1, text, wrapped)
        why = book.add_worksheet(words["sheet_hidden"])
        why.set_column(0, 2, 30)
        for place, heading in enumerate((words["age"], words["column"], words["why"])):
            why.write_string(0, place, heading, bold)
        hidden = [
            (age, words[column], words[f"{cell}_short"])
            for age, row in zip(
                [str(row[0]) for row in _rows(table, language)[1:]], table.cells, strict=True
            )
            for column, cell in zip(COLUMNS, row, strict=True)
            if isinstance(cell, Hidden)
        ]
        for at, texts in enumerate(hidden, start=1):
            for place, text in enumerate(texts):
                why.write_string(at, place, text)
    unfinished.replace(file)


_WORDS: dict[str, dict[str, str]] = {
    "nb": {
        "title": "{municipality}: koordinator og individuell plan, {month}",
        "source": "Kilde",
        "publication": "Samordna, publisering {publication}, definisjonssett {definition_set}",
        "target": "Målgruppen",
        "target_is": "Anslått målgruppe ved utgangen av måneden, alle tjenesteområder.",
        "hidden": "Tallet vises ikke, av hensyn til personvernet.",
        "few_heading": "{number} celler har få personer",
        "few": "Tallet, eller resten av gruppen, er færre enn {threshold} personer.",
        "secondary_heading": "{number} celler skjuler de andre",
        "secondary": "Ellers kunne et skjult tall regnes ut av summene.",
        "shared_heading": "{number} celler skjules på grunn av delte tall",
        "shared": "Ellers kunne små tall regnes ut av tabellen og delingspakken for samme måned.",
        "few_short": "få personer",
        "secondary_short": "skjuler et annet tall",
        "shared_short": "tall for samme måned er delt",
        "sheet": "Tabell",
        "sheet_notes": "Om tabellen",
        "sheet_hidden": "Skjulte celler",
        "column": "Kolonne",
        "why": "Hvorfor tallet er skjult",
        "age": "Alder",
        "all": "Alle aldre",
        "unknown": "Ukjent alder",
        "persons": "Personer i målgruppen",
        "with_coordinator": "Med koordinator",
        "without_coordinator": "Uten koordinator",
        "with_plan": "Med individuell plan",
        "without_plan": "Uten individuell plan",
    },
    "nn": {
        "title": "{municipality}: koordinator og individuell plan, {month}",
        "source": "Kjelde",
        "publication": "Samordna, publisering {publication}, definisjonssett {definition_set}",
        "target": "Målgruppa",
        "target_is": "Rekna målgruppe ved utgangen av månaden, alle tenesteområde.",
        "hidden": "Talet blir ikkje vist, av omsyn til personvernet.",
        "few_heading": "{number} celler har få personar",
        "few": "Talet, eller resten av gruppa, er færre enn {threshold} personar.",
        "secondary_heading": "{number} celler skjuler dei andre",
        "secondary": "Elles kunne eit skjult tal reknast ut av summane.",
        "shared_heading": "{number} celler blir skjulte på grunn av delte tal",
        "shared": "Elles kunne små tal reknast ut av tabellen og delingspakken for same månad.",
        "few_short": "få personar",
        "secondary_short": "skjuler eit anna tal",
        "shared_short": "tal for same månad er delte",
        "sheet": "Tabell",
        "sheet_notes": "Om tabellen",
        "sheet_hidden": "Skjulte celler",
        "column": "Kolonne",
        "why": "Kvifor talet er skjult",
        "age": "Alder",
        "all": "Alle aldrar",
        "unknown": "Ukjend alder",
        "persons": "Personar i målgruppa",
        "with_coordinator": "Med koordinator",
        "without_coordinator": "Utan koordinator",
        "with_plan": "Med individuell plan",
        "without_plan": "Utan individuell plan",
    },
    "en": {
        "title": "{municipality}: coordinator and individual plan, {month}",
        "source": "Source",
        "publication": "Samordna, publication {publication}, definition set {definition_set}",
        "target": "The target group",
        "target_is": "Estimated target group at the end of the month, all service areas.",
        "hidden": "The number is not shown, for the protection of persons.",
        "few_heading": "{number} cells have few persons",
        "few": "The number, or the rest of the group, is fewer than {threshold} persons.",
        "secondary_heading": "{number} cells hide the others",
        "secondary": "Otherwise a hidden number could be worked out from the sums.",
        "shared_heading": "{number} cells are hidden because of shared numbers",
        "shared": (
            "Otherwise small numbers could be worked out from the table and the share package of "
            "the same month."
        ),
        "few_short": "few persons",
        "secondary_short": "hides another number",
        "shared_short": "numbers of the same month are shared",
        "sheet": "Table",
        "sheet_notes": "About the table",
        "sheet_hidden": "Hidden cells",
        "column": "Column",
        "why": "Why the number is hidden",
        "age": "Age",
        "all": "All ages",
        "unknown": "Unknown age",
        "persons": "Persons in the target group",
        "with_coordinator": "With coordinator",
        "without_coordinator": "Without coordinator",
        "with_plan": "With individual plan",
        "without_plan": "Without individual plan",
    },
}
