"""How a cell is read: folding, dates and numbers as Norwegian exports write them.

The forms are those of the source contract (`docs/contract.md`). `dbt/macros/fold.sql` folds in the
warehouse exactly as `fold` does here; a test holds the two together.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata

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


def fold_header(text: str) -> str:
    """Return the header as headers are compared: folded, letters and digits only.

    >>> fold_header("Fødselsnr. (11 siffer)")
    'fodselsnr11siffer'
    """
    return _NOT_ALPHANUMERIC.sub("", fold(text))


_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]\d{1,2}:\d{2}.*)?$")
_NORWEGIAN = re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{4}|\d{2})(?: \d{1,2}[:.]\d{2}.*)?$")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})$")
_SERIAL = re.compile(r"(\d{5})(?:[.,]\d+)?$")
_SERIAL_FIRST, _SERIAL_LAST = 20000, 60000
_SERIAL_ORIGIN = dt.date(1899, 12, 30)
_FIRST_YEAR = 1800  # an earlier year is a slip of the pen, or other digits than a date's
_PIVOT = 68  # two digits: 00-68 are 2000-2068, 69-99 are 1969-1999

# What registers write where no date is known.
_NOT_KNOWN = frozenset(
    {dt.date(9999, 12, 31), dt.date(2099, 12, 31), dt.date(1900, 1, 1)},
)
_NOT_KNOWN_TEXT = frozenset({"00.00.0000", "0000-00-00"})


class UnreadableError(ValueError):
    """The cell holds something that is no date, or no number. Never quotes it."""


def parse_date(text: str | None) -> dt.date | None:
    """Return the date of a cell; None where it says that none is known.

    Raises UnreadableError for anything that is not one of the contract's forms.

    >>> parse_date("5.3.21"), parse_date("44260"), parse_date("31.12.9999")
    (datetime.date(2021, 3, 5), datetime.date(2021, 3, 5), None)
    """
    text = text.strip() if text else ""
    if not text or text in _NOT_KNOWN_TEXT:
        return None
    date = _read_date(text)
    if date.year < _FIRST_YEAR:
        raise UnreadableError
    return None if date in _NOT_KNOWN else date


def _read_date(text: str) -> dt.date:
    try:
        if match := _ISO.match(text):
            return dt.date(int(match[1]), int(match[2]), int(match[3]))
        if match := _NORWEGIAN.match(text):
            return dt.date(_full_year(match[3]), int(match[2]), int(match[1]))
        if match := _COMPACT.match(text):
            return dt.date(int(match[1]), int(match[2]), int(match[3]))
        if match := _SERIAL.match(text):
            serial = int(match[1])
            if _SERIAL_FIRST <= serial <= _SERIAL_LAST:
                return _SERIAL_ORIGIN + dt.timedelta(days=serial)
    except ValueError:
        pass
    raise UnreadableError


def _full_year(digits: str) -> int:
    year = int(digits)
    if len(digits) == 4:
        return year
    return 2000 + year if year <= _PIVOT else 1900 + year


_GROUPED = re.compile(r"[+-]?\d{1,3}(?:[ .\u00a0\u202f\u2009']\d{3})+(?:,\d+)?$")
_MOST_DIGITS = 9  # nothing that is counted here is larger; ten or eleven digits are an id
_LONGEST_NUMBER = 60  # signs, with its unit
_PLAIN = re.compile(r"[+-]?\d+(?:[.,]\d+)?$")


def parse_number(text: str | None) -> str | None:
    """Return the number of a cell as plain text (`1234.5`), or None where the cell is empty.

    Thousands may be set apart by a space of any width or a point, decimals by a comma or a point;
    a per cent sign and a trailing unit of words are let go. Raises UnreadableError otherwise.

    >>> parse_number("1 234,50"), parse_number("80 %"), parse_number("105 years or older")
    ('1234.50', '80', '105')
    """
    text = text.strip() if text else ""
    if not text or text in {"-", "–", ".", ".."}:
        return None
    # What is longer is no number, and the expressions below take their time over long texts.
    if len(text) > _LONGEST_NUMBER:
        raise UnreadableError
    text = re.sub(r"\s*(%|[A-Za-zæøåÆØÅ][A-Za-zæøåÆØÅ ]*\+?)$", "", text)
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
