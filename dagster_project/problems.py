"""What can go wrong, in words: one code and one text for each kind of problem.

A problem never quotes a cell: it names the source, the file, the column and the row, and says what
to do. The dashboards hold the same codes in Norwegian (`dashboards/i18n/locale/`).
"""

from __future__ import annotations

import difflib
import errno
import os
import traceback
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dagster_project.identity.detection import holds_person_id

TEXTS: dict[str, str] = {
    # The home folder and its settings
    "home_missing": (
        "There is no home folder at {path}. Make one with `samordna init --home {path}`."
    ),
    "address_unusable": (
        "`--address {address}`: neither a host name of this machine, as `tal.example.no`, nor the "
        "URL of a proxy, as `https://tal.example.no/`. The port is given by `--port`. Nothing is "
        "served."
    ),
    "sources_missing": ("{file}: not found. `samordna init` writes a commented one to start from."),
    "sources_yaml": "{file}, line {line}: not valid YAML ({reason}). Mend that line and run again.",
    "sources_shape": "{file}, line {line}: {reason}.",
    "units_missing": (
        "{file}: `units:` in sources.yml names it, and it cannot be read. Put it in the home "
        "folder, or take the key away."
    ),
    "units_invalid": "{file}, row {row}: {reason}. Mend that row and run again.",
    "source_unknown_key": (
        "{file}, line {line}, source {source}: unknown key '{key}'{hint}. "
        "The source is left out until it is mended."
    ),
    "source_invalid": (
        "{file}, line {line}, source {source}: {reason}. The source is left out until it is mended."
    ),
    "municipality_invalid": (
        "Source {source}: `kommune: {written}` is no municipality of today (misspelt, or split "
        "since). Correct it in sources.yml; the source is left out until then."
    ),
    # Explaining a figure
    "nothing_published": (
        "Nothing has been published in {home} yet. Run `samordna run --home {home}` first."
    ),
    "publication_unreadable": (
        "The publication in {folder} cannot be read: a file of it is missing or damaged. "
        "`samordna run` makes it again."
    ),
    "part_missing": (
        "The warehouse {part} of {home} is missing or damaged. `samordna run --home {home}` builds "
        "it again."
    ),
    "question_wrong": (
        "The question cannot be answered. {why} The tables are: {tables}. What a table holds: "
        '`samordna sql "describe marts.coverage"`.'
    ),
    "question_refused": (
        "The question is refused. {why} Here the tables `marts.*` are read, with one `select`, and "
        "nothing is written."
    ),
    "explain_unknown": "There is no {what} '{given}'.{hint}",
    "explain_no_figures": "Municipality {municipality} has no figures in the current publication.",
    "explain_date": (
        "Municipality {municipality} is not counted on {date}: it is counted at the end of each "
        "month from {first} to {last}. The nearest is {nearest}."
    ),
    "explain_empty": (
        "{indicator} has nobody to count on {date} in municipality {municipality}, age group "
        "{age_group}, service area {service_area}: there is no such figure."
    ),
    "source_record_changed": (
        "{file}, source {source}: it is of record type {record} now, but what it has delivered "
        "landed as {landed}. Correct `record:`, or give the new source another name. Nothing was "
        "run; what was published stays."
    ),
    "home_municipality_invalid": (
        "{file}: no source has a municipality of today (`home_municipality: {written}` is "
        "misspelt, or was split since: then name the part). Correct it and run again; nothing was "
        "run."
    ),
    # The seeds
    "seed_invalid": "{file}, line {line}, column {column}: {reason}. {remedy}.",
    "record_invalid": "{file}, {key}: {reason}.",
    "seeds_invalid": "Nothing was run: the seeds do not hold together.\n{faults}",
    # Keys
    "key_missing": (
        "The key of municipality {municipality} is gone: {file} does not hold it, and data landed "
        "under it are in {home}. With another key every person would become somebody else and "
        "the history would fall apart. Put the key file back from its backup, or name it with "
        "`key_file:` in sources.yml."
    ),
    "key_wrong": (
        "The key of municipality {municipality} in {file} is not the one that the data in {home} "
        "were landed under. With another key every person would become somebody else. Put the "
        "right key file back, or name it with `key_file:` in sources.yml."
    ),
    "key_file_unreadable": "{file}: the key file cannot be read ({reason}).",
    "key_file_open": (
        "{file}: others than its owner can read the key file. Close it with `chmod 600 {file}`."
    ),
    "card_damaged": (
        "{file} is damaged, and so is the copy beside it. It says which key file belongs to this "
        "home: take it back from a backup. Nothing was run, and what was published stays."
    ),
    "card_missing": (
        "{file} is not there, but deliveries have landed: they were read with keys that it names, "
        "and with other keys everybody would be somebody new. Take it back from a backup, or take "
        "`landing/` away too: then all of `inbox/` is read anew. Nothing was run."
    ),
    "home_open": (
        "Others on this machine can look into {home}, which holds ids and names, and it is not "
        "yours to close. Have its owner run `chmod -R go-rwx {home}`."
    ),
    "key_file_inside": (
        "{file}: the key file lies inside the home folder. Keys and data must lie apart: move it "
        "out and name it with `key_file:` in sources.yml."
    ),
    # Reading a delivery
    "no_file": (
        "Source {source}: no file matches {path}. Put the export there, or correct `path:` "
        "in sources.yml."
    ),
    "file_unreadable": "Source {source}, {file}: cannot be opened ({reason}).",
    "not_a_file": (
        "Source {source}, {file}: this is {what}, and only files are read. Put the export itself "
        "in its place."
    ),
    "file_too_large": (
        "Source {source}, {file}: {size} MB, and no file of more than {most} MB is read. Leave out "
        "of the export the columns that the contract does not name, and years that nobody needs."
    ),
    "unpacks_too_large": (
        "Source {source}, {file}: {reason}, and that is more than is read. Save only the sheet "
        "with the register, as a new workbook or as CSV."
    ),
    "sheet_too_large": (
        "Source {source}, {file}: the sheet reaches to row {row}, column {column}, and no sheet of "
        "more than {most} cells is read. Delete what stands far from the table, or export as CSV."
    ),
    "too_many": (
        "Source {source}, {file}: it holds more than the {most} {what} that are read. Leave out "
        "of the export what the contract does not name, and years that nobody needs."
    ),
    "too_deep": (
        "Source {source}, {file}: what is in it lies more than {most} levels deep. Export a list "
        "of records whose cells lie directly in them, or export as CSV."
    ),
    "line_too_long": (
        "Source {source}, {file}: line {line} is longer than the {most} signs that are read. Make "
        "the export again with one record a line."
    ),
    "cell_too_long": (
        "Source {source}, {file}: a cell of row {row} is longer than the {most} signs that are "
        "read. Leave that text out of the export."
    ),
    "file_takes_long": (
        "Source {source}, {file}: not read within the {seconds} seconds that a file of its size "
        "may take. Export it again, as CSV where that can be chosen, with only the columns that "
        "the contract names."
    ),
    "file_takes_memory": (
        "Source {source}, {file}: reading it takes more than the {megabytes} MB of memory that a "
        "file may take. Export it again, as CSV where that can be chosen, with only the columns "
        "that the contract names."
    ),
    "file_breaks_reader": (
        "Source {source}, {file}: the program that reads files broke down on it. Export it again, "
        "as CSV where that can be chosen."
    ),
    "still_written": (
        "Source {source}, {file}: the file is being written. It is read at the next run, once it "
        "is whole; the delivery before it stays in force."
    ),
    "empty_file": (
        "Source {source}, {file}: the file is empty. Make the export again and put it in its place."
    ),
    "no_rows": (
        "Source {source}, {file}: there is a header but no rows below it. If the register really "
        "is empty, name the file under `accept:` of the source; otherwise make the export again."
    ),
    "wrong_kind": (
        "Source {source}, {file}: this is {found}, though its name says {expected}. Export again "
        "as {expected}, or give the file the right ending."
    ),
    "truncated_file": (
        "Source {source}, {file}: the file breaks off ({where}). Copy it again, or make the export "
        "again."
    ),
    "not_an_export": (
        "Source {source}, {file}: this is {found}, and no table is read from it. Export again as "
        "{expected}."
    ),
    "packed_file": (
        "Source {source}, {file}: this is a compressed file. Unpack it, and put what is in it in "
        "its place."
    ),
    "no_records": (
        "Source {source}, {file}: there is not a single record in it. If the register really is "
        "empty, name the file under `accept:` of the source; otherwise make the export again."
    ),
    "ends_in_quotation": (
        "Source {source}, {file}: the file breaks off within a quotation that begins in line "
        "{line}. Copy it again; if it is whole, that quotation mark stands alone: take it out of "
        "the text at the source."
    ),
    "quotation_open": (
        "Source {source}, {file}: the quotation that begins in line {line} does not end as it "
        "should, so it cannot be told where its row ends. Take that quotation mark out of the text "
        "at the source, or export with every mark in a text doubled."
    ),
    "other_header": (
        "Source {source}, {file}: line {line} is a second header, with other columns than the "
        "first. Deliver the rows below it in a file of their own."
    ),
    "encoding_declared": (
        "Source {source}, {file}: the text cannot be read as {encoding}, as `encoding:` in "
        "sources.yml says: it is {found}. Take `encoding:` away, and it will be found."
    ),
    "encoding_unknown": (
        "Source {source}, {file}: the text is in {found}, which is not read. Export it again as "
        "UTF-8."
    ),
    "text_damaged": (
        "Source {source}, {file}: the text is {encoding}, but some of its signs are broken. Make "
        "the export again, as UTF-8 where that can be chosen."
    ),
    "json_invalid": (
        "Source {source}, {file}: no valid JSON from line {line}, column {column} on. The program "
        "that writes it must be mended, or export as CSV."
    ),
    "json_no_records": (
        "Source {source}, {file}: no list of records is found in the JSON. Export an array with "
        "one object for each record."
    ),
    "json_several_lists": (
        "Source {source}, {file}: the JSON holds {count} lists of such records, and a file is one "
        "list. Deliver each list in a file and a source of its own."
    ),
    "error_message": (
        "Source {source}, {file}: the file is an error message from the program that was to "
        "export, and holds no records. Mend what it says, and export again."
    ),
    "xml_entities": (
        "Source {source}, {file}: the XML declares entities of its own, which are not read, for "
        "they can make a small file endless. Export it without a document type (<!DOCTYPE ...>)."
    ),
    "xml_invalid": (
        "Source {source}, {file}: no valid XML at line {line} ({reason}). The program that writes "
        "it must be mended, or export as CSV."
    ),
    # Files that are laid out as an authority says
    "layout_length": (
        "Source {source}, {file}: a line of {form} of that year has {expected} signs, and lines "
        "here have {found} (lines {lines}). Export it again, with blanks in all empty places."
    ),
    "layout_years": (
        "Source {source}, {file}: a file of {form} is of one year, written from place {place} of "
        "each line, and here that says: {years}. See whether it is a file of {form}, and export "
        "each year in a file of its own."
    ),
    "layout_year_unknown": (
        "Source {source}, {file}: where the fields of {form} lie in {year} is not known (known "
        "are {known}). If they lie as in one of those years, say which under `layout_year:` in "
        "sources.yml."
    ),
    "layout_of_other_year": (
        "Source {source}, {file}: the lines say that they are of {year}, but the fields of {form} "
        "lie as in {other}, not as in {year}. Export it again by the description of {year}, or "
        "write `layout_year: {newest}` in sources.yml if it is right."
    ),
    "layout_shifted": (
        "Source {source}, {file}: the fields of {form} do not lie where they should in {year}: "
        "no municipality, no answer, or no sex in place {sex} (lines {lines}). Export it again by "
        "the description of {year}."
    ),
    "layout_root": (
        "Source {source}, {file}, line {line}: the outermost element of {form} is <{expected}>, "
        "and here it is another. Put the file of {form} in its place, or correct `format:` in "
        "sources.yml."
    ),
    "layout_namespace": (
        "Source {source}, {file}, line {line}: an element is of another namespace than those of "
        "{form} (known: {expected}). Export it by a description that is known."
    ),
    "layout_missing": (
        "Source {source}, {file}, line {line}: the element <{element}> lacks {missing}, which "
        "{form} must have. Mend it in the system that writes the file, and export again."
    ),
    "password": (
        "Source {source}, {file}: the workbook is protected by a password, and cannot be read. "
        "Open it, take the password away, and save it in its place."
    ),
    "error_in_cell": (
        "Source {source}, {file}: the cell {cell} holds an error, and in this kind of workbook "
        "that cannot be told from an empty cell. Mend it, or save the workbook as XLSX."
    ),
    "workbook_invalid": (
        "Source {source}, {file}: the file is whole, but is not written as a workbook should be. "
        "Open it in a spreadsheet program and save it as a new workbook, or export as CSV."
    ),
    "no_worksheet": (
        "Source {source}, {file}: the workbook has no sheet with cells, only pictures or programs. "
        "Save the sheet with the register as a workbook, and put that in its place."
    ),
    "cell_too_long_in_book": (
        "Source {source}, {file}: a cell holds a text longer than the {most} signs that are read. "
        "Leave that text out of the workbook."
    ),
    "sheet_missing": (
        "Source {source}, {file}: there is no sheet '{sheet}' (there are: {sheets}). Correct "
        "`sheet:` in sources.yml."
    ),
    "no_header": (
        "Source {source}, {file}: no row names the columns of record type {record} (looked for "
        "{columns}). Name the headers under `columns:` in sources.yml."
    ),
    "one_column": (
        "Source {source}, {file}: no sign that is known parts the lines into columns, so that none "
        "of record type {record} is found (looked for {columns}). Export with semicolons between "
        "the columns, or name the sign under `delimiter:` in sources.yml."
    ),
    "column_missing": (
        "Source {source}, {file}: the required column {column} is missing. Headers found: "
        "{headers}. Add it to the export, or name its header under `columns:` in sources.yml."
    ),
    "column_twice": (
        "Source {source}, {file}: the headers '{first}' and '{second}' both match the column "
        "{column}. Say which one to use under `columns:` in sources.yml."
    ),
    "header_ambiguous": (
        "Source {source}, {file}: the header '{header}' matches both {first} and {second}. Say "
        "which one it is under `columns:` in sources.yml."
    ),
    "mapped_header_missing": (
        "Source {source}, {file}: the header '{header}', named under `columns:` in sources.yml, is "
        "not in the file. Headers found: {headers}."
    ),
    "repeated": (
        "Source {source}, {file}: the same delivery as {other}. Nothing is changed by it."
    ),
    "unexpected": (
        "Source {source}, {file}: could not be read ({reason}, at {where}). The file is as it was; "
        "please report this with the version of Samordna."
    ),
    # What is told of a delivery that was read
    "layout_assumed": (
        "Source {source}, {file}: no description of the fields has been read for this year or "
        "version; they are read as the nearest one says. Look over some rows against the system."
    ),
    "not_answered": (
        "Source {source}, {file}: {count} lines do not say whether there is an individual plan "
        "(lines {rows}). They count neither as yes nor as no."
    ),
    "line_odd": (
        "Source {source}, {file}: {count} lines are not as the form says (lines {rows}). See "
        "whether they are right."
    ),
    "day_of_year": (
        "Source {source}, {file}: the form tells no day, so what {count} lines say counts from 31 "
        "December of its year (lines {rows})."
    ),
    "total_lines": (
        "Source {source}, {file}: {count} total lines are not read as rows (rows {rows})."
    ),
    "header_again": (
        "Source {source}, {file}: the header comes again {count} times (rows {rows}), and is not "
        "read as a row."
    ),
    "notes_beside": (
        "Source {source}, {file}: beside the table stand notes in {count} rows (rows {rows}). They "
        "are not read."
    ),
    "notes_below": (
        "Source {source}, {file}: {count} rows hold one text alone, below an empty row (rows "
        "{rows}). They are not read."
    ),
    "sheet_not_read": (
        "Source {source}, {file}: the sheet '{sheet}' holds {count} rows below such a header too, "
        "and is not read. If they belong to the register, put them below the others on one sheet, "
        "or name the sheet under `sheet:` of a source of its own."
    ),
    "hidden_sheet_not_read": (
        "Source {source}, {file}: the hidden sheet '{sheet}' holds {count} rows below such a "
        "header too, and is not read. If they belong to the register, put them below the others on "
        "one sheet."
    ),
    "stray_quotation": (
        "Source {source}, {file}: a quotation mark that nothing closes stands in {count} lines "
        "(lines {rows}). Each line is read as a row of its own."
    ),
    "line_end_in_text": (
        "Source {source}, {file}: {count} rows are cut by a line end within a text (lines {rows}), "
        "and were joined again."
    ),
    "mixed_encoding": (
        "Source {source}, {file}: {count} lines hold letters of another encoding than the others "
        "(lines {rows}), and were read as cp1252. See whether their words are right."
    ),
    "encoded_twice": (
        "Source {source}, {file}: {count} lines hold letters that were encoded twice (lines "
        "{rows}), and were read as they were meant."
    ),
    "invisible_signs": (
        "Source {source}, {file}: {count} cells hold signs that nobody sees, or spaces of other "
        "widths than the ordinary. They are read without them."
    ),
    "columns_not_taken": (
        "Source {source}, {file}: no figure needs the columns {columns}, and nothing of them is "
        "kept. They may be left out of the export."
    ),
    "numbers_undeclared": (
        "Source {source}, {file}: the column {column} holds numbers that mean other things in "
        "other systems ({numbers}), and no code list is declared that has them. Their rows are not "
        "read by a guess. The lists that would fit: {lists}. Say which one the export uses in "
        "sources.yml, for instance `codes: {{{column}: {first}}}`, or translate each number under "
        "`values:`."
    ),
    # Fetching a delivery
    "fetch_variable": (
        "Source {source}: the environment variable {variable}, named by `{key}:`, is not set. Set "
        "it where samordna runs; secrets are never written in sources.yml."
    ),
    "fetch_unreachable": (
        "Not reached: {hosts} (sources {sources}). The run went on with what had landed before. "
        "See whether this machine is on the network and may speak to them."
    ),
    "fetch_refused": (
        "Source {source}, {host}: access refused ({status}). See whether {secret} is right and "
        "still valid."
    ),
    "fetch_certificate": (
        "Source {source}, {host}: the certificate is not to be trusted, so nothing was sent. Have "
        "it mended, or name the authority's file in REQUESTS_CA_BUNDLE."
    ),
    "fetch_status": (
        "Source {source}, {host}: answered {status}. See whether the address in sources.yml is "
        "right; if it is, ask those who run the service."
    ),
    "fetch_busy": (
        "Source {source}, {host}: answered {status} each of {tries} times. The next run asks "
        "again; if it goes on, ask those who run the service."
    ),
    "fetch_elsewhere": (
        "Source {source}, {host}: sent us on to {other}, where the token must not go. If that is "
        "right, write its address under `url:` in sources.yml."
    ),
    "fetch_answer": (
        "Source {source}, {host}: the answer cannot be used: {reason}. See `{keys}` in "
        "sources.yml, or ask those who run the service."
    ),
    "fetch_paging": (
        "Source {source}, {host}: the pages never came to an end: {reason}. See `paging:` in "
        "sources.yml."
    ),
    "fetch_url": (
        "Source {source}: the environment variable {variable} holds no address of a database that "
        "is understood ({reason}). It looks like postgresql://user:password@host/database."
    ),
    "fetch_sslmode": (
        "Source {source}: the address in {variable} says sslmode={mode}, by which anybody could "
        "answer as {host}. Write sslmode=verify-full there, or leave it out."
    ),
    "fetch_untrusted": (
        "Source {source}, {host}: the database's certificate is not to be trusted, so nothing was "
        "asked. Have it mended, or add sslrootcert=/path/to/the/authority.pem to the address in "
        "{variable}."
    ),
    "fetch_unencrypted": (
        "Source {source}, {host}: the database does not encrypt what it sends, so nothing was "
        "asked. Have TLS switched on there; only a database on this machine is read without."
    ),
    "fetch_driver": (
        "Source {source}, {host}: the Python package {package} for this kind of database is not "
        "installed. Install it beside samordna: .venv/bin/pip install {package}"
    ),
    "fetch_database": (
        "Source {source}, {host}: {reason}. See `query:` or `table:` in sources.yml, and what the "
        "database's user may read."
    ),
    "fetch_slow": (
        "Source {source}, {host}: not done within {seconds} s. Fetch less, or raise `timeout:` in "
        "sources.yml."
    ),
    "fetch_column": (
        "Source {source}, {host}: the column {column} {reason}. Leave it out of the query, or "
        "make text of it there."
    ),
    "fetch_watermark": (
        "Source {source}, {host}: what is read has no column {column}, which `watermark:` names."
    ),
    "fetch_table": (
        "Source {source}, {host}: table {table} {reason}. See `table:` and `contents:` in "
        "sources.yml."
    ),
    "fetch_empty": (
        "Source {source}, {host}: not a single record came, so nothing was fetched and the "
        "delivery before stays in force. See whether what is asked for is right."
    ),
    "fetch_unexpected": (
        "Source {source}: could not be fetched ({reason}, at {where}). What had landed stays; "
        "please report this with the version of Samordna."
    ),
    # Of which day a delivery is
    "day_unread": (
        "Source {source}, {file}: held back, for its name holds a day that is not understood. "
        "Write the day as 2025-12-31 in the name, or, if it is no day, name the file under "
        "`accept:` of the source: then it counts as delivered on {day}, when it was last modified."
    ),
    "dated_ahead": (
        "Source {source}, {file}: held back, for it is dated {day}, more than {days} days from "
        "now. Put the file in the inbox with its right day in its name; it is read by itself when "
        "its day is near."
    ),
    # Several deliveries of one day
    "same_day_replaced": (
        "Source {source}, {file}: {other} of the same day holds mostly the same registrations and "
        "is the later download, so that one counts. Take the wrong one of the two away with "
        "`samordna withdraw` if it should be the other way round."
    ),
    "same_day_unclear": (
        "Source {source}, {file}: held back, for it lacks {lacking} of the {of} registrations of "
        "{other} of the same day, but shares others: neither the whole register nor a part of it. "
        "If it is the whole, name it under `accept:` of the source; if the two are parts of one "
        "register, name it under `parts:`."
    ),
    "parts_missing": (
        "Source {source}, {file}: held back, for its name says that it is a part, and of {parts} "
        "parts of that day number {missing} has not come. Put it in the inbox too; if this is the "
        "whole register, name it under `accept:` of the source."
    ),
    "part_held": (
        "Source {source}, {file}: held back, for {other} of the same day, another part of the "
        "register, is held back by its checks. Deliver that one again; if this is the whole "
        "register without it, name it under `accept:` of the source."
    ),
    # Checking a delivery
    "held": (
        "Source {source}, {file}: held back, the delivery before it stays in force: {checks}. "
        "Deliver again, or, if it is right, name the file under `accept:` of the source."
    ),
    # Comparing definitions
    "setting_invalid": "--set {written}: {reason}. The parameters are in seeds/parameters.csv.",
    "municipality_not_here": (
        "--municipality {written}: no source here is of that municipality. Here are: {held}."
    ),
    "compare_which": (
        "Name what to compare with: `--set bridge_days=60` for another parameter, or "
        "`--publication previous` for a former publication; one of the two."
    ),
    "publication_not_here": (
        "--publication {written}: this home has no publication of that name. Here are: {held}. "
        "`previous` is the newest that was counted by other definitions."
    ),
    "publication_none_other": (
        "--publication previous: every publication of this home was counted by the definitions of "
        "today ({definition_set}). Name one of them to see what deliveries have changed: {held}."
    ),
    "publication_without": (
        "Publication {publication} has none of the municipalities that are asked about. It has: "
        "{held}."
    ),
    "former_publication_unreadable": (
        "Publication {publication} cannot be read: files of it are gone or damaged. Put "
        "`published/{publication}` back from a backup, or name another publication."
    ),
    "nothing_changed": "{settings}: that is how it is defined already. Nothing would differ.",
    "delivery_damaged": (
        "Source {source}: a delivery that had landed is damaged ({file}), and the export it was "
        "made of is not in the inbox any more ({inbox}). Put that export back, or take the file "
        "and the one of the same name beside it from a backup, and run again. Nothing was "
        "published without it; what was published stays."
    ),
    # Scenarios
    "scenario_yaml": (
        "Scenario, line {line}: not valid YAML. Mend that line, or save the scenario anew and "
        "begin from that file."
    ),
    "scenario_id": (
        "Scenario, line {line}: holds a number that may be a person's id. Write it without."
    ),
    "scenario_version": (
        "Scenario: the file is not of version {version}. Its first line is `scenario: {version}`; "
        "one of another version is made anew in *Budsjett*, with the same numbers."
    ),
    "scenario_missing": "Scenario, line {line}: `{key}` is missing. Write it.",
    "scenario_unknown": (
        "Scenario, line {line}: `{key}` is unknown{hint}. Correct it or take it away."
    ),
    "scenario_number": (
        "Scenario, line {line}: `{key}` must be a number with a point for decimals, or low, middle "
        "and high."
    ),
    "scenario_range": (
        "Scenario, line {line}: `{key}` must be from {least} to {most}. Shares are from 0 to 1: "
        "0.75 is 75 %."
    ),
    "scenario_order": (
        "Scenario, line {line}: `{key}` must go from low by middle to high. Put them in order."
    ),
    "scenario_functions": "Scenario, line {line}: the shares of `{key}` must add up to 1.",
    "scenario_years": (
        "Scenario, line {line}: `last_year` must be the first year or later, and at most {most} "
        "years in all."
    ),
    "scenario_long": "Scenario, line {line}: `{key}` has more than {most} signs. Shorten it.",
    "scenario_municipality": (
        "Scenario, line {line}: `{key}` must be the four digits of a municipality, in quotation "
        "marks."
    ),
    "scenario_many": (
        "Scenario: there are {most} already. Drop one that is not needed, and save again."
    ),
    "scenario_unwritten": (
        "Scenario: could not be saved ({reason}). Let the account that runs samordna write in the "
        "home folder, and save again."
    ),
    # The annual report
    "report_municipality": (
        "Municipality {municipality} has no figures in the current publication, so there is "
        "nothing to report. Give another with --municipality."
    ),
    "report_choice": "There is no {what} `{given}`{hint}. There are: {known}.",
    "report_scenario": "{file}: cannot be read. Give a scenario file with --scenario.",
    "report_text_yaml": (
        "{file}, line {line}: not valid YAML. Mend that line. No report was made."
    ),
    "report_text_unknown": (
        "{file}: there is no chapter `{chapter}`. The chapters are: {known}. No report was made."
    ),
    "report_text_kind": "{file}: `{chapter}` is not a text. Put it in quotation marks.",
    "report_text_long": "{file}: `{chapter}` has more than {most} signs. Shorten it.",
    "report_text_id": (
        "{file}: `{chapter}` holds a number that may be a person's id. Take it out. No report was "
        "made."
    ),
    "report_template": (
        "{file} is no Word document that can be read. The report was made with the usual template. "
        "Save the file as .docx."
    ),
    "report_template_mark": (
        "{file} lacks the mark {mark}. The report was made with the usual template. Write the mark "
        "alone in a paragraph where it belongs."
    ),
    "report_unwritten": (
        "The report cannot be written to {folder} ({reason}). Give another folder with --out, or "
        "make room or give the right to write there."
    ),
    # Running
    "no_sources": (
        "{file} names no source that can be read.{problems} Name one under `sources:` and run "
        "again; nothing was run."
    ),
    "source_lost": (
        "{said} What it delivered before is part of what was published, and figures without it "
        "would be wrong: nothing was run, and what was published stays."
    ),
    "source_gone": (
        "sources.yml no longer names the source {source}, but {count} deliveries of {record} that "
        "landed under it are part of the figures. If it has another name now: "
        "`samordna rename {source} {heir}`. If its figures are to go: "
        "`samordna withdraw {source} --all`. Nothing was run; what was published stays."
    ),
    "municipality_changed": (
        "Source {source}: it is of municipality {now} now, but what it has delivered landed as "
        "{before}, which would lose its register. Correct `kommune:` or `home_municipality:` in "
        "sources.yml. If {before} was wrong: `samordna withdraw {source} --all`, then run with "
        "its exports in the inbox; they land under {now}. Nothing was run; what was published "
        "stays."
    ),
    "landed_gone": (
        "Source {source}: {lost} of the {count} deliveries behind the current publication are gone "
        "from {folder}. Put that folder back from its backup, or the exports in the inbox, and run "
        "again. If they cannot be had: `samordna run --accept-loss`. What was published stays."
    ),
    "clock_set_back": (
        "The clock of this machine says {now}, and the last run was on {before}: what has been "
        "delivered since would be taken for days that have not come. Set the clock and run again. "
        "If it was wrong before and is right now: `samordna run --accept-loss`. What was published "
        "stays."
    ),
    "register_shrunk": (
        "A source, or a municipality, counts less than half of its rows without a new delivery: "
        "something that `sources.yml` says has changed what they mean. Put it back and run again; "
        "if it is meant: `samordna run --accept-loss`."
    ),
    # Taking a delivery back, and giving a source another name
    "withdrawn": (
        "Source {source}, {file}: taken back {day}, and not counted. It counts again with "
        "`samordna withdraw {source} FILE --undo`."
    ),
    "withdraw_source": "Nothing has landed from a source {source}.{hint}",
    "withdraw_file": (
        "Source {source} has no delivery {named} to do that with. The newest that it has: {known}."
    ),
    "withdraw_which": "Name one file, or say --all for every delivery of {source}.",
    "withdraw_served": (
        "Others reach the pages at {address}, and nobody signs in there: deliveries are not taken "
        "back on them. Leave out --allow-withdraw, or serve without --address."
    ),
    "rename_unknown": (
        "{file} names no source {new}{hint}. Give the source its new name there first."
    ),
    "rename_named": (
        "{file} still names the source {old}. Give it its new name there first, and take the old "
        "one away."
    ),
    "rename_nothing": (
        "Nothing has landed from a source {old} of record type {record}, which {new} is of."
    ),
    "rename_taken": (
        "Both {old} and {new} have deliveries of their own, so they are two sources. Name both in "
        "sources.yml."
    ),
    "nothing_delivered": "No source has delivered anything yet. Put exports in {inbox} first.",
    "busy": "Another run is under way in {home} (process {pid}, since {since}). Try again later.",
    "home_unwritable": (
        "{path}: cannot be written to ({reason}). Let the account that runs samordna write there, "
        "or name another home folder with --home. What was published stays."
    ),
    "home_unreadable": (
        "{path}: cannot be read ({reason}). Let the account that runs samordna read it."
    ),
    "disk_full": (
        "No room left on the disk of {path}. Make room and run again; what was published stays."
    ),
    "disk_low": (
        "Only {free_mb} MB are free on the disk of {path}, and this run needs about {need_mb} MB. "
        "Make room and run again; what was published stays."
    ),
    "unexpected_run": (
        "Something unexpected happened ({reason}, at {where}). What was published stays; please "
        "report this with the version of Samordna."
    ),
    "build_failed": (
        "The warehouse could not be built: {step} failed. What was published stays. Details: {log}"
    ),
    "part_kept": (
        "Municipality {municipality}: the figures of before stay, and those of the others are new. "
        "Mend what is said above and run again."
    ),
    "part_left_out": (
        "Municipality {municipality} is left out: it has no figures yet. Those of the others are "
        "published. Mend what is said above and run again."
    ),
    "part_damaged": (
        "The warehouse of municipality {municipality} was damaged or incomplete. It is built anew "
        "of what has landed."
    ),
    # The register: what people write
    "register_url": (
        "{variable} is no address of a database that the register can lie in. Write it as "
        "`postgresql://user:password@host/database`, or leave it out: then the register is a file "
        "in the home."
    ),
    "register_unreachable": (
        "The register {place} does not answer. Nothing was changed in it; what is published can be "
        "read as before. Try again when the database is there."
    ),
    "register_busy": (
        "Somebody else is writing in the register {place}. Nothing was changed; try again."
    ),
    "register_damaged": (
        "The register {place} cannot be read: it is damaged, or no register. Nothing was changed "
        "in it. Put back the newest backup with `samordna restore`."
    ),
    "register_gone": (
        "The register {place} is gone or empty. Put back the newest backup with "
        "`samordna restore`; to begin with an empty one, remove {mark}. What is published can be "
        "read as before."
    ),
    "register_newer": (
        "The register {place} was written by a newer version of Samordna. Nothing was changed in "
        "it. Use that version, or restore a backup that this one made."
    ),
    "issues_settled": (
        "Municipality {municipality}: {opened} new findings to correct, {corrected} corrected, "
        "{reopened} back, {expired} whose time to stand is over. They are on the page Corrections."
    ),
    "backup_unreadable": (
        "{file} is no whole backup of a register. Nothing was restored. Take another backup."
    ),
    "backup_newer": (
        "{file} was written by a newer version of Samordna. Nothing was restored. Use that version."
    ),
    "restore_not_empty": (
        "The register {place} is not empty, and nothing was restored into it. Move it away first "
        "(`state/register.sqlite` of the home), or name an empty database in SAMORDNA_REGISTER."
    ),
    "register_nobody": "Nobody is named who does this. Give a role or initials, and try again.",
    "register_owner": "Nobody is named to correct it. Name a unit or a role, and try again.",
    "register_reason": "No reason is given. Write why in a sentence, and try again.",
    "register_text": "Nothing is written. Write something, and try again.",
    "register_text_id": (
        "What is written holds something that looks like a person's number. Nothing was kept: "
        "write it without, and try again."
    ),
    "register_text_long": "What is written is too long: at most {most} letters. Nothing was kept.",
    "register_until": (
        "The day until which it is accepted must be between {first} and two years after it. "
        "Nothing was kept."
    ),
    # Parts that are built on other machines
    "worker_of_another_version": (
        "The worker on {worker} refuses to build municipality {municipality}: its code, rules or "
        "tools are of version {has}, those of the home of version {wanted}. Install the same on "
        "both, start the worker anew and run again."
    ),
    "worker_lost_too_often": (
        "Building municipality {municipality} ended {times} workers, most likely for want of "
        "memory, and is not begun again. Lower SAMORDNA_MEMORY or give the workers more, and run "
        "again."
    ),
    "parts_lost": "What workers made did not arrive whole: {parts}. Run again.",
    "store_unusable": (
        "The store {store} cannot be read or written ({reason}). Correct SAMORDNA_STORE or the "
        "rights and settings that reach it, and run again."
    ),
    "home_divided": (
        "The warehouse and the publication are laid out by municipality now ({count} parts); the "
        "one warehouse of before is removed. Of {figures} figures of all ages and service areas "
        "{differing} differ from the publication before."
    ),
    # Sharing
    "share_unpublished": (
        "There is no publication in {home} to share of, or it cannot be read. Run `samordna run "
        "--home {home}` first."
    ),
    "share_nothing": (
        "There is nothing to share of {municipality}: no month's end has a target group yet, for "
        "which tjenester, koordinatorer and planer must have been delivered. `samordna status "
        "--home {home}` says what has."
    ),
    "share_not_ours": (
        "Municipality {municipality} is not counted here, so nothing of it can be shared. Counted"
        " are: {known}."
    ),
    "share_breaks": (
        "Nothing was shared: {many} numbers of the package, with what was shared before, would "
        "say too much of few persons.\n{breaks}\nWait for the next publication; where it says so "
        "again, please report this with the version of Samordna."
    ),
    "audit_nothing": (
        "{municipality} has shared nothing yet, so there is nothing to audit: samordna share "
        "--municipality {municipality}"
    ),
    "share_beside_official": (
        "What {municipality} has to share would give single persons away beside its official "
        "table of the same month, so nothing is shared yet. The next month can be."
    ),
    "official_unprotected": (
        "No official table of {month} can be made of municipality {municipality}: even of all ages "
        "together the counts are too small, or were shared otherwise. Nothing was written. Share "
        "a package instead: samordna share --municipality {municipality}"
    ),
    "official_suffix": (
        "{path}: an official table is written as .xlsx or .csv. Nothing was written. Name the file "
        "with one of these endings."
    ),
    "share_base_changed": (
        "Nothing was shared: municipality {municipality} has shared with base {before}, and two "
        "bases together would say more than each. Write `base: {before}` under `share:` in "
        "sources.yml."
    ),
    "share_plan_changed": (
        "Nothing was shared: municipality {municipality} has shared by another plan "
        "(seeds/share_plan.yml), and what was shown by it cannot be held against this one. Share "
        "with the version of Samordna that has that plan."
    ),
    "share_state_lost": (
        "Nothing was shared: {path} is missing or damaged. It has the counts behind the newest "
        "package, and without them the next one could say too much. Take it back from a backup of"
        " the home folder."
    ),
    "shared_damaged": (
        "Nothing was shared: {package} is damaged, or a package before it is missing. A new "
        "package is held against all that were shared. Take the folder back from a backup."
    ),
    "signing_key_lost": (
        "Nothing was shared: {file} does not hold the key that municipality {municipality} has "
        "signed with, and receivers know it by that one. Put the file back from its backup. Where"
        " there is none: `samordna share --new-key`, and give every receiver the new public key."
    ),
    # Receiving
    "no_packages_folder": (
        "{file} names no folder of packages. Write `compare: {{packages: /path}}`, or name the "
        "files: `samordna receive FILE`."
    ),
    "packages_folder_missing": (
        "There is no folder of packages at {path}. Make it, or correct `packages:` of `compare:` "
        "in sources.yml."
    ),
    "package_unreadable": "{path}: cannot be read ({reason}). Nothing was received.",
    "received_damaged": (
        "{path} is missing or damaged, and packages are received only where all before them are "
        "there. Take the folder `received` back from a backup, or empty it and receive every "
        "package again. What was received stays."
    ),
    "package_of_merged": (
        "{package}: municipality {code} is {today} today. Its package is kept under its own code,"
        " and stands beside those of today for the months that it has."
    ),
    "package_too_large": (
        "{package}: refused, for no package has more than 5 MB. Ask the sender for it."
    ),
    "package_not_a_package": (
        "{package}: refused, for it is no share package, or was changed on its way. Ask the "
        "sender for the file as `samordna share` wrote it."
    ),
    "package_manifest_invalid": (
        "{package}: refused, for its manifest is not as Samordna writes it. Ask the sender for "
        "the file as `samordna share` wrote it."
    ),
    "package_other_form": (
        "{package}: refused, for another version of Samordna has made it, whose packages are not "
        "read here. Install the version that the sender has."
    ),
    "package_named_otherwise": (
        "{package}: refused, for it is called as another municipality's package and is not. Ask "
        "the sender which is meant."
    ),
    "package_sender_unknown": (
        "{package}: refused, for there is no key of the municipality that it says it is from. Ask"
        " it for its public key, by telephone or in person, and write it under `keys:` of "
        "`compare:` in sources.yml."
    ),
    "package_signature_wrong": (
        "{package}: refused, for it is not signed by the key of the municipality that it says it "
        "is from. Do not use it. Ask the municipality whether its key is another now."
    ),
    "package_table_altered": (
        "{package}: refused, for a table in it is another than was signed. Ask the sender for it "
        "again."
    ),
    "package_other_plan": (
        "{package}: refused, for it was made by another plan of what is shared. Install the "
        "version of Samordna that the sender has."
    ),
    "package_municipality_not_then": (
        "{package}: refused, for it has a month in which the municipality that it is from was none:"
        " it has merged or was divided. Ask the one that it is today for its package, and for a "
        "month before that the one that it was."
    ),
    "package_replayed": (
        "{package}: refused, for this package is held already. There is nothing to do."
    ),
    "package_older_version": (
        "{package}: refused, for a newer version of it is held. There is nothing to do, unless "
        "the sender has begun anew: then ask why."
    ),
    "package_version_missing": (
        "{package}: refused, for a version between the one that is held and this one has not "
        "come. Ask the sender for it, and receive both."
    ),
    "package_history_differs": (
        "{package}: refused, for it does not follow the version that is held: the sender has "
        "shared another one in between, or by other rules. Ask the sender."
    ),
    "package_columns_wrong": (
        "{package}: refused, for a table in it has other columns than it should. Ask the sender "
        "which version of Samordna made it."
    ),
    "package_holds_person_id": (
        "{package}: refused, for it holds a number of eleven digits, as a person's id has. Delete"
        " the file, and tell the sender."
    ),
    "package_codes_unknown": (
        "{package}: refused, for it holds a value that is on no list of the plan. Ask the sender "
        "which version of Samordna made it."
    ),
    "package_cells_wrong": (
        "{package}: refused, for a cell is missing or stands there twice. Ask the sender which "
        "version of Samordna made it."
    ),
    "package_numbers_impossible": (
        "{package}: refused, for it holds a count that cannot be shared: below zero, small, or "
        "larger than Norway. Do not use it, and tell the sender."
    ),
    "package_sums_wrong": (
        "{package}: refused, for its sums are not the sums of its cells. Do not use it, and tell "
        "the sender."
    ),
    "package_disclosive": (
        "{package}: refused, for with the packages before it, it would say too much of few "
        "persons. Delete the file, and tell the sender."
    ),
    "check_failed": (
        "Not published: {checks} failed on what was about to go out. What was published stays. "
        "Details: {log}"
    ),
}


# Numbers of rows, hashes that name a part or a version, what packages are called, and where a log
# lies: our own folder, and names that are made here. An id is found among their digits by chance.
_OURS = frozenset({"rows", "log", "part", "has", "wanted", "package"})
_WITHHELD = "(not shown: it may hold a person's id)"


@dataclass(frozen=True)
class Problem:
    """One problem: a code of `TEXTS` and the names and numbers that its text needs.

    Whoever names something in it, no id of a person comes along.
    """

    code: str
    params: Mapping[str, str | int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        shown = {
            name: _WITHHELD
            if name not in _OURS and isinstance(value, str) and holds_person_id(value)
            else value
            for name, value in self.params.items()
        }
        object.__setattr__(self, "params", shown)

    def __str__(self) -> str:
        return TEXTS[self.code].format(**self.params)

    def as_dict(self) -> dict[str, object]:
        """Return a form that can be stored as JSON."""
        return {"code": self.code, "params": dict(self.params)}

    @classmethod
    def from_dict(cls, stored: Mapping[str, object]) -> Problem:
        """Return the problem that `as_dict` stored."""
        params = stored.get("params")
        return cls(str(stored["code"]), params if isinstance(params, dict) else {})


class SamordnaError(Exception):
    """Stops what is going on, with a problem that a person can do something about."""

    def __init__(self, code: str, **params: str | int) -> None:
        self.problem = Problem(code, params)
        super().__init__(str(self.problem))

    @classmethod
    def of(cls, problem: Problem) -> SamordnaError:
        """Return the error of a problem that is known already."""
        return cls(problem.code, **problem.params)


class SettingError(ValueError):
    """Something in a settings file does not fit: why, and where below what is being read."""

    def __init__(self, reason: str, *where: str | int) -> None:
        self.reason = reason
        self.where = where
        super().__init__(reason)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return a hint at the known word that is most like a misspelt one, or nothing."""
    close = difflib.get_close_matches(word, list(known), n=1)
    return f" (did you mean '{close[0]}'?)" if close else ""


_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
# What the databases say when a file cannot grow.
_NO_ROOM_TEXTS = (
    "No space left",
    "disk is full",
    "disk I/O error",
    "File too large",
    "Could not write",
)


def no_room_left(error: BaseException) -> bool:
    """Whether an error, or what led to it, comes of a disk without room."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, OSError) and seen.errno in _NO_ROOM:
            return True
        if any(text in str(seen) for text in _NO_ROOM_TEXTS):
            return True
        seen = seen.__cause__ or seen.__context__
    return False


_NO_RIGHT = {errno.EACCES, errno.EPERM}
# What the databases say of a file that they may not write to.
_READ_ONLY_TEXTS = ("Read-only file system", "readonly database", "read-only database")


def without_right(error: BaseException) -> Problem | None:
    """Return the problem of an error, or of what led to it, that comes of a right that is lacking.

    That is a disk mounted read only, or a file or folder of somebody else's.
    """
    seen: BaseException | None = error
    while seen is not None:
        path = str(getattr(seen, "filename", None) or "the home folder")
        number = seen.errno if isinstance(seen, OSError) else None
        if number == errno.EROFS or any(text in str(seen) for text in _READ_ONLY_TEXTS):
            return Problem("home_unwritable", {"path": path, "reason": os.strerror(errno.EROFS)})
        if number in _NO_RIGHT:
            unreadable = Path(path).exists() and not os.access(path, os.R_OK)
            code = "home_unreadable" if unreadable else "home_unwritable"
            return Problem(code, {"path": path, "reason": os.strerror(number or 0)})
        seen = seen.__cause__ or seen.__context__
    return None


def where_it_happened(error: BaseException) -> dict[str, str]:
    """Return the kind of an error and its place in the code; never its text, which may quote."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return {"reason": type(error).__name__, "where": f"{Path(last.filename).name}:{last.lineno}"}
