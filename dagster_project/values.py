"""How a cell is read: folding, what stands for nothing, numbers as Norwegian exports write them.

The forms are those of the source contract (`docs/contract.md`). `dbt/macros/fold.sql` folds in the
warehouse exactly as `fold` does here; a test holds the two together.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum

# The Norwegian letters as the contract folds them; other accents are dropped one by one.
_LETTERS = str.maketrans({"æ": "ae", "ø": "o", "å": "a"})
_SPACES = re.compile(r"\s+")
# Signs that nobody sees: control signs, soft hyphens, joiners, marks of direction and of the order
# of bytes, variation selectors, fillers and tags. What breaks a line is none of them.
INVISIBLE = (
    "\\x00-\\x08\\x0e-\\x1b\\x7f-\\x84\\x86-\\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5"
    "\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    "\U000e0000-\U000e0fff"
)
_INVISIBLE = re.compile(f"[{INVISIBLE}]")
# Spaces of other widths than the ordinary one.
_WIDE_SPACES = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u2800\u3000]")
# Also as a program writes it that took it for an amount.
_BARE_NUMBER = re.compile(r"0*([0-9]+)(?:[.,]0+)?")
_NOT_ALPHANUMERIC = re.compile(r"[^a-z0-9]+")


def _without_accents(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text)
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def hides(text: str) -> bool:
    """Whether a text holds signs that nobody sees, or spaces of other widths than the ordinary."""
    if text.isascii() and text.isprintable():
        return False
    return bool(_INVISIBLE.search(text) or _WIDE_SPACES.search(text))


def visible(text: str) -> str:
    """Return the text as it is seen: no invisible signs, and every space an ordinary one.

    >>> visible("koordi\u200bnator\u00a0\u200eA1")
    'koordinator A1'
    """
    if text.isascii() and text.isprintable():
        return text
    return _WIDE_SPACES.sub(" ", _INVISIBLE.sub("", text))


def fold(text: str) -> str:
    """Return the value as values are compared: trimmed, lower case, without accents, one space.

    >>> fold("  Primærkontakt /\\n Koordinator ")
    'primaerkontakt / koordinator'
    """
    folded = visible(text).lower()
    if not folded.isascii():
        folded = unicodedata.normalize("NFC", folded).translate(_LETTERS)
        # An accent may stand on one of the letters: `ǿ`.
        folded = folded if folded.isascii() else _without_accents(folded).translate(_LETTERS)
    return _SPACES.sub(" ", folded).strip()


def bare_number(folded: str) -> str | None:
    """Return the number that a folded value is, without leading zeros, or None where it is none.

    Alone it says nothing: each system numbers its values in its own way.

    >>> bare_number("03"), bare_number("3.0"), bare_number("0"), bare_number("k3")
    ('3', '3', '0', None)
    """
    match = _BARE_NUMBER.fullmatch(folded)
    return match[1] if match else None


def fold_header(text: str) -> str:
    """Return the header as headers are compared: folded, letters and digits only.

    >>> fold_header("Fødselsnr. (11 siffer)")
    'fodselsnr11siffer'
    """
    return _NOT_ALPHANUMERIC.sub("", fold(text))


# What people and systems write where they have nothing to write, in any kind of column.
_NOTHING = """
    null, nul, nil, none, nan, nat, na, n/a, n.a., #n/a, #i/t, undefined, void, unknown, missing,
    empty, blank, not set, not available, not applicable, not specified, not known, no value,
    no data, ukjent, ukjend, uoppgitt, uoppgjeve, uspesifisert, udefinert, tom, tomt, tom verdi,
    blankt, ingen, ingen verdi, ingen data, mangler, manglar, mangler verdi, manglar verdi,
    ikke satt, ikke registrert, ikke oppgitt, ikke angitt, ikke utfylt, ikke fylt ut, ikke valgt,
    ikke tildelt, ikke kjent, ikke aktuelt, ikke relevant, ikke tilgjengelig, ikke definert,
    ikkje sett, ikkje registrert, ikkje oppgitt, ikkje oppgjeve, ikkje utfylt, ikkje fylt ut,
    ikkje vald, ikkje valt, ikkje tildelt, ikkje kjend, ikkje kjent, ikkje aktuelt, ikkje relevant,
    ikkje tilgjengeleg, ikkje definert
"""
# What else stands for nobody where a key or a name should. In a code a cross says `yes`.
_NOBODY = """
    x, xx, xxx, xxxx, xxxxx, n.n., tbd, nei, false, usann, true, sann, uten, utan,
    avventer, avventar
"""
# What databases write for nothing in a text: `\N`; and what a Norwegian spreadsheet shows for it.
_NULL_SIGNS = frozenset({"\\n", "i/t"})
# `Ukjent koordinator`, `ikke oppnevnt ennå`: no number, name or day begins so.
_NOT_KNOWN_WORDS = re.compile(
    r"(?:ukjent|ukjend|ingen|mangler|manglar|ikke|ikkje|uten|utan|unknown|missing|not)"
    r"(?: [a-z]+){1,2}"
)


def _squeezed(text: str) -> str:
    # `IT` is a word; `#I/T` is what a Norwegian spreadsheet shows for "not available".
    return ("#" if text.startswith("#") else "") + fold_header(text)


def _words(listed: str) -> frozenset[str]:
    return frozenset(_squeezed(word.strip()) for word in listed.split(","))


_NOTHING_WORDS = _words(_NOTHING)
_NOBODY_WORDS = _words(_NOBODY)
_LONGEST_NOTHING = 40


def stands_for_nothing(text: str) -> bool:
    """Whether a cell says that nothing is known, in any kind of column: `NULL`, `-`, `ikke satt`.

    >>> stands_for_nothing("#N/A"), stands_for_nothing("--"), stands_for_nothing("0")
    (True, True, False)
    """
    if len(text) > _LONGEST_NOTHING:
        return False
    if not any(map(str.isalnum, text)) or text.strip().lower() in _NULL_SIGNS:
        return True
    return _squeezed(text.strip()) in _NOTHING_WORDS


def means_not_known(text: str) -> bool:
    """Whether a cell says so in more words, where a key, a name or a day should stand.

    >>> means_not_known("Ukjent koordinator"), means_not_known("ikke avsluttet")
    (True, True)
    """
    if stands_for_nothing(text):
        return True
    return len(text) <= _LONGEST_NOTHING and _NOT_KNOWN_WORDS.fullmatch(fold(text)) is not None


def stands_for_nobody(text: str) -> bool:
    """Whether a key or a name says that there is nobody: also `x` and `N.N.`.

    >>> stands_for_nobody("N.N."), stands_for_nobody("Ukjent koordinator"), stands_for_nobody("0")
    (True, True, False)
    """
    return means_not_known(text) or _squeezed(text.strip()) in _NOBODY_WORDS


# No date and no number is longer; what is, need not be looked through.
LONGEST_CELL = 100


class UnreadableError(ValueError):
    """The cell holds something that is no date, or no number. Never quotes it."""


_GROUPED = re.compile(r"[+-]?\d{1,3}(?:[ .\u00a0\u202f\u2009']\d{3})+(?:,\d+)?$")
_MOST_DIGITS = 9  # nothing that is counted here is larger; ten or eleven digits are an id
_PLAIN = re.compile(r"[+-]?\d+(?:[.,]\d+)?$")
_UNIT = re.compile(r"\s*(%|[A-Za-zæøåÆØÅ][A-Za-zæøåÆØÅ ]*\+?)$")
# Units by which the number is another one: hours and days where minutes are counted, thousands.
_OTHER_SCALE = re.compile(
    r"\s*(?:t|h|timer?|timar|hours?|hrs?|dag(?:er|ar)?|days?|uker?|veker?|weeks?|m[aå]neder|m[aå]nader|"
    r"mnd|months?|sek(?:under|und)?|seconds?|tusen|thousand|mill(?:ioner|ionar|ion)?)$",
    re.IGNORECASE,
)


def parse_number(text: str | None) -> str | None:
    """Return the number of a cell as plain text (`1234.5`), or None where the cell is empty.

    Thousands may be set apart by a space of any width or a point, decimals by a comma or a point;
    a per cent sign and a trailing unit of words are let go, but for one that makes another number
    of it (`2 timer`, `5 tusen`). Raises UnreadableError otherwise.

    >>> parse_number("1 234,50"), parse_number("80 %"), parse_number("105 years or older")
    ('1234.50', '80', '105')
    """
    text = text.strip() if text else ""
    if not text or stands_for_nothing(text):
        return None
    # What is longer is no number, and the expressions below take their time over long texts.
    if len(text) > LONGEST_CELL:
        raise UnreadableError
    if unit := _UNIT.search(text):
        if _OTHER_SCALE.fullmatch(unit[0]):
            raise UnreadableError
        text = text[: unit.start()]
    if _GROUPED.match(text):
        whole, _, decimals = text.partition(",")
        digits = re.sub(r"[ .\u00a0\u202f\u2009']", "", whole)
        number = f"{digits}.{decimals}" if decimals else digits
    elif _PLAIN.match(text):
        number = text.replace(",", ".").lstrip("+")
    else:
        raise UnreadableError
    if len(number.lstrip("-").split(".")[0]) > _MOST_DIGITS:
        raise UnreadableError
    return number


# A decimal comma with three digits behind it may as well part thousands.
_WHOLE = re.compile(r"-?\d+(?:\.0{1,2})?")


def parse_count(text: str | None) -> str | None:
    """Return the number of a cell that counts something, as `parse_number` does.

    Raises UnreadableError for parts of one, and where it cannot be told from a thousand.

    >>> parse_count("5,0"), parse_count("1.234")
    ('5.0', '1234')
    """
    number = parse_number(text)
    if number is not None and not _WHOLE.fullmatch(number):
        raise UnreadableError
    return number


# What stands in a cell of a workbook whose formula has no stored result.
WITHOUT_VALUE = "#UTENVERDI!"
# What spreadsheets show, in whatever language, where a formula came to nothing that can be shown:
# `#N/A`, `#VERDI!`, `#DIV/0!`, `#NAVN?`, `Err:502`; and signs alone where a column is too narrow.
_NO_VALUE = re.compile(
    r"#(?:N/A|I/T|N/D|NV)|#[^\W\d_][\w./]{1,20}[!?]|#{3,}|(?:Err|Feil):\d{3}", re.IGNORECASE
)
_LONGEST_NO_VALUE = 300


# What stands for an object of JSON, which is several values and none that can be read.
AN_OBJECT = "{objekt:}"


def holds_object(text: str) -> bool:
    """Whether a cell holds an object in the place of a value, as JSON writes one.

    >>> holds_object('{"dato": "2023-01-01"}'), holds_object("{A1}")
    (True, False)
    """
    return text[:1] == "{" and text[-1:] == "}" and ":" in text


def is_without_value(text: str) -> bool:
    """Whether a cell holds the error of a spreadsheet, or an object, in the place of a value.

    >>> is_without_value("#VERDI!"), is_without_value("########"), is_without_value("#12")
    (True, True, False)
    """
    if text[:1] in "#eEfF" and len(text) <= _LONGEST_NO_VALUE:
        return bool(_NO_VALUE.fullmatch(text))
    return holds_object(text)


class AgeForm(StrEnum):
    """What an age is, where it is no single year. The values are those that the warehouse reads."""

    OPEN = "open"  # that age and all above
    GROUP = "group"  # several years together
    ALL = "all"


_ALL_AGES = frozenset(
    {"alle", "alle aldre", "alle aldrar", "alle aldersgrupper", "i alt", "totalt", "total", "sum"}
    | {"all", "all ages", "999", "999a"}
)
_YEARS = r"(?:ar|aring(?:er|ar)?|years?(?: of age)?|y)?"
_SINGLE_AGE = re.compile(rf"(\d{{1,3}})\s*{_YEARS}$")
_UNDER_ONE = re.compile(rf"(?:under|less than|yngre enn|<)\s*1\s*{_YEARS}$")
_OPEN_AGE = re.compile(
    rf"(?:>=\s*)?(\d{{1,3}})\s*{_YEARS}\s*"
    r"(?:\+|(?:eller|og|or|and|el\.?) (?:eldre|over|older|more|above|mer|meir))$"
    rf"|>=\s*(\d{{1,3}})\s*{_YEARS}$"
)
_AGE_GROUP = re.compile(
    r"\d{1,3}\D*(?:[-\u2013]|til|to)\s*\d{1,3}\b|under|yngre|younger|below|over|<|>"
)


def parse_age(text: str | None) -> tuple[int | None, AgeForm | None]:
    """Return the age in years of a cell and its form; no form where it is a single year.

    Groups and all ages together have no age. Raises UnreadableError for what is no age at all.

    >>> parse_age("Under 1 år"), parse_age("105 years or older")
    ((0, None), (105, <AgeForm.OPEN: 'open'>))
    """
    folded = fold(text or "")
    if not folded:
        return None, None
    if folded in _ALL_AGES:
        return None, AgeForm.ALL
    if _UNDER_ONE.match(folded):
        return 0, None
    if single := _SINGLE_AGE.match(folded):
        return int(single[1]), None
    if top := _OPEN_AGE.match(folded):
        return int(top[1] or top[2]), AgeForm.OPEN
    if _AGE_GROUP.search(folded):
        return None, AgeForm.GROUP
    number = parse_number(text)
    return (None if number is None else round(float(number))), None
