"""Keyed hashes: what stands for an id or a name everywhere outside this folder.

HMAC-SHA-256 with one key for each municipality. A hash without a key would be no protection: every
possible fødselsnummer can be tried in half a minute. 128 bits are kept, written in letters only and
with a prefix, so that no pseudonym can be taken for an id.
"""

from __future__ import annotations

import datetime as dt
import hmac
import re

from dagster_project.identity.names import name_pairs, name_parts

_LENGTH = 32  # letters of four bits each: 128 bits
_IN_LETTERS = str.maketrans("0123456789", "ghijklmnop")
_UNIT = "\x1f"  # parts the cells of a row
# What programs write around an address: `Kari Nordmann <kari@example.no>`.
_ADDRESS = re.compile(r"^[^<]*<|>.*$")
_IS_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+").fullmatch
_SHORT = 8  # enough to tell two masked words of one municipality apart


class Pseudonymiser:
    """Makes the keyed hashes of one municipality."""

    def __init__(self, municipality: str, key: bytes) -> None:
        self._key = key
        self._municipality = municipality

    def _hash(self, domain: str, text: str) -> str:
        # The name of a file need not be valid text.
        named = f"samordna|{self._municipality}|{domain}|{text}"
        message = named.encode("utf-8", errors="surrogatepass")
        return hmac.digest(self._key, message, "sha256").hex()[:_LENGTH].translate(_IN_LETTERS)

    def person(self, digits: str) -> str:
        """Return the pseudonym of the person with this valid id."""
        return f"p1_{self._hash('person', digits)}"

    def employee(self, number: str) -> str:
        """Return the key of an employee number; leading zeros and case do not matter."""
        folded = number.strip().lower().removesuffix(".0")
        return f"e1_{self._hash('employee', folded.lstrip('0') or folded)}"

    def employee_name(self, name: str) -> str:
        """Return the key of an employee's name, the same in any order of its words."""
        pairs = name_pairs(name)
        folded = " ".join(pairs[0]) if pairs else " ".join(name_parts(name)) or name.strip().lower()
        return f"c1_{self._hash('employee name', folded)}"

    def employee_email(self, address: str) -> str | None:
        """Return the key of an employee's e-mail address, or None where the text is none."""
        folded = _ADDRESS.sub("", address).strip().lower().removeprefix("mailto:")
        return f"m1_{self._hash('employee email', folded)}" if _IS_ADDRESS(folded) else None

    def family(self, number: str) -> str:
        """Return the key of a family."""
        return f"f1_{self._hash('family', number.strip().lower())}"

    def names(self, name: str | None, birth_date: dt.date | None) -> list[str]:
        """Return the match keys of a name with a birth date: none if either is missing."""
        if birth_date is None:
            return []
        return [
            f"n1_{self._hash('name', f'{one} {other} {birth_date.isoformat()}')}"
            for one, other in name_pairs(name)
        ]

    def registration(self, *parts: str) -> str:
        """Return the key of a registration: what tells it from all others of its source."""
        return f"r1_{self._hash('registration', _UNIT.join(parts))}"

    def content(self, cells: list[str | None]) -> str:
        """Return the key of a whole row as it came."""
        return f"h1_{self._hash('content', _UNIT.join(cell or '' for cell in cells))}"

    def file(self, digest: str) -> str:
        """Return the key of a whole file by its SHA-256, which would tell a short one."""
        return f"d1_{self._hash('file', digest)}"

    def word(self, text: str) -> str:
        """Return a short key for a masked text, so that the same words can be told to be so."""
        return self._hash("word", text)[:_SHORT]

    def name_word(self, word: str) -> str:
        """Return the key of one folded word of a name."""
        return self._hash("name word", word)

    def fingerprint(self) -> str:
        """Return what tells this key from another, without telling the key."""
        return self._hash("fingerprint", "")
