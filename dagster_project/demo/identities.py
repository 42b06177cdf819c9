"""Test persons: names that might be anybody's, numbers that can be nobody's.

Every number is a test number (month + 80), as Skatteetaten's test population has them, with right
control digits; D-numbers have day + 40 besides.
"""

from __future__ import annotations

import datetime as dt
import functools
import itertools
import random
from dataclasses import dataclass

from dagster_project.identity.names import name_parts
from dagster_project.identity.numbers import control_digits

_WOMEN = """
    Agnete Aina Amalie Andrea Anette Anita Ann Anne Annelise Astrid Åse Åshild Beate Bente Berit
    Birgit Bjørg Brit Camilla Cathrine Cecilie Dagny Dagrun Ebba Eldbjørg Elin Elisabeth Ella Else
    Emilie Emma Eva Frida Frøydis Gerd Grete Gro Gudrun Gunhild Gunn Guri Hanna Hege Heidi Helene
    Herdis Hilde Hjørdis Ida Inga Ingeborg Inger Ingrid Ingunn Irene Iselin Jenny Johanne Jorunn
    Julie Kaja Kari Karin Kirsten Kjersti Kristin Laila Laura Lea Leah Lene Linn Lisbeth Liv Maja
    Malin Margit Maren Mari Maria Marit Marte Mathilde Merete Mia Mona Nina Nora Oda Oddny Olea
    Oline Ragnhild Randi Reidun Rigmor Rita Ronja Ruth Sara Selma Sigrid Silje Siri Siv Sofie
    Solveig Sunniva Svanhild Sylvi Sølvi Synnøve Thea Tiril Tone Torill Torunn Trine Tuva Unni Vilde
    Wenche Ylva
""".split()
_MEN = """
    Adrian Aksel Alf Anders Andreas Arild Arne Arvid Asbjørn Atle Audun Aslak Birger Bjarne Bjørn
    Bård Børge Dag Daniel Egil Einar Eirik Eivind Elias Emil Erlend Erling Espen Even Finn Fredrik
    Frode Geir Gunnar Gustav Gaute Halvor Hans Harald Helge Henrik Herman Håkon Håvard Ingar
    Ivar Iver Jakob Jan Jarle Jens Johan Johannes John Jon Jonas Jostein Jørgen Jørn Karl Kjell
    Kjetil Knut Kristian Kåre Lars Lasse Leif Magne Magnus Markus Martin Mathias Mikkel Morten
    Nils Noah Odd Oddvar Olav Ole Oskar Ottar Per Petter Pål Ragnar Reidar Roald Roar Rolf Rune
    Sander Sigurd Simen Sindre Sivert Stein Steinar Stian Sture Svein Sverre Sondre Tarjei
    Terje Thomas Tobias Tor Torbjørn Tore Torstein Trond Trygve Ulrik Vegard Vetle Vidar Viktor
    William Yngve Øystein Øyvind
""".split()
_SURNAMES = """
    Aasen Andersen Bakke Bakken Berg Berge Bergset Birkeland Bjerke Bjørnstad Brekke Bråten Dahl
    Dalen Eide Eikeland Eliassen Ellingsen Engen Fjeld Fjellheim Forberg Foss Fossum Gjerde
    Grønli Gulbrandsen Haga Hagen Halvorsen Hansen Haugen Hauge Hegge Helland Henriksen Hovland
    Holmen Hustad Håland Iversen Jacobsen Jensen Johansen Karlsen Kleven Knutsen Kolstad Kristiansen
    Kvam Kvåle Larsen Lervik Lie Lien Lillebø Lunde Løken Løvås Martinsen Midtbø Moen Myhre Mykland
    Myrvang Mæland Nedrebø Nilsen Nordby Nygård Nyhus Næss Olsen Opdal Paulsen Pedersen Ramstad
    Rasmussen Rognli Rustad Rød Rønning Sandvik Sjåstad Skaar Skog Solbakken Solberg Solheim Sollid
    Stokke Strand Strøm Sunde Sæther Søreide Sørli Tangen Teigen Thorsen Tveit Tverå Tømmerås Ulvik
    Vangen Vestby Vik Viken Wold Ødegård Økland Østby Østvold Øvrebø Ås
""".split()
_DOUBLE_SURNAME, _MIDDLE_NAME = 0.07, 0.35
_CONTROL_ATTEMPTS = 500


@dataclass(frozen=True)
class Name:
    """A name: given names (one or two), and surnames (one, or two with a hyphen)."""

    given: str
    middle: str
    surname: str

    @property
    def full(self) -> str:
        """Return the name as the population register writes it."""
        return " ".join(part for part in (self.given, self.middle, self.surname) if part)


@functools.cache
def _folded(name: str) -> tuple[str, ...]:
    return tuple(name_parts(name))


class Registry:
    """Gives out names and numbers, none twice in one municipality."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._numbers: set[str] = set()
        self._named: set[tuple[str | int, ...]] = set()

    def name(self, female: bool, birth: int | str) -> Name:
        """Return a name that nobody else with that birth date (an ordinal number) bears.

        For employees, who are known by the name alone, `birth` is a word of the caller's.
        """
        while True:
            given = self._chance.choice(_WOMEN if female else _MEN)
            surname = self._chance.choice(_SURNAMES)
            if self._chance.random() < _DOUBLE_SURNAME:
                surname = f"{self._chance.choice(_SURNAMES)}-{surname}"
            middle = ""
            if self._chance.random() < _MIDDLE_NAME:
                middle = self._chance.choice(_WOMEN if female else _MEN)
            name = Name(given, middle, surname)
            # A name may be written from either end: no two of its words are like another's.
            words = [*_folded(given), *_folded(middle), *_folded(surname)]
            keys = {(*sorted(pair), birth) for pair in itertools.combinations(words, 2)}
            if not keys & self._named:
                self._named |= keys
                return name

    def fnr(self, birth: int, female: bool) -> str:
        """Return a test fødselsnummer for a birth date."""
        return self._number(dt.date.fromordinal(birth), female, day_added=0)

    def d_number(self, birth: int, female: bool) -> str:
        """Return a test D-number."""
        return self._number(dt.date.fromordinal(birth), female, day_added=40)

    def _number(self, birth: dt.date, female: bool, day_added: int) -> str:
        start = f"{birth.day + day_added:02}{birth.month + 80:02}{birth.year % 100:02}"
        low, high = (500, 999) if birth.year >= 2000 else (0, 499)
        for _ in range(_CONTROL_ATTEMPTS):
            individual = self._chance.randint(low, high)
            if (individual % 2 == 0) != female:
                continue
            nine = f"{start}{individual:03}"
            number = nine + (control_digits(nine) or "")
            if len(number) == 11 and number not in self._numbers:
                self._numbers.add(number)
                return number
        raise RuntimeError("no free number for this birth date")
