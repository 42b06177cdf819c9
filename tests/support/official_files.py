"""Files of the authorities, made by their descriptions: not by the layouts that read them.

What lies where in 11F is written here anew, from Statistics Norway's descriptions of each year, so
that a slip in `seeds/layouts/` is not repeated in what tests it.
"""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import quoteattr

# By year: the length of a line, and the places (first sign, length) of what is filled in.
_11F_2022 = {
    "length": 324, "kommune": (1, 4), "aar": (5, 2), "bydel": (7, 2), "distrikt": (9, 2), "journal": (11, 8),
    "fnr": (19, 11), "duf": (30, 12), "kjonn": (42, 1), "sivilstand": (43, 1), "raad": (258, 1), "plan": (259, 1),
    "saksbehandler": (260, 10), "bolig": (270, 1),
}  # fmt: skip
_11F_2024 = {
    "length": 324, "kommune": (1, 4), "aar": (5, 2), "bydel": (7, 2), "journal": (9, 8), "fnr": (17, 11),
    "duf": (28, 12), "kjonn": (40, 1), "sivilstand": (41, 1), "raad": (256, 1), "plan": (257, 1),
    "saksbehandler": (258, 10), "bolig": (268, 1),
}  # fmt: skip
_11F_2025 = {
    "length": 338, "kommune": (1, 4), "aar": (5, 2), "bydel": (7, 2), "fodt": (9, 8), "journal": (17, 8),
    "fnr": (25, 11), "duf": (36, 12), "kjonn": (48, 1), "sivilstand": (49, 1), "raad": (264, 1), "plan": (265, 1),
    "saksbehandler": (266, 10), "bolig": (276, 1),
}  # fmt: skip
PLACES_11F = {
    2022: _11F_2022, 2023: _11F_2022, 2024: _11F_2024, 2025: _11F_2025, 2026: _11F_2025
}  # fmt: skip


def recipient(year: int, *, by: int | None = None, **said: str) -> str:
    """Return a line of 11F of a year, laid out as `by` has it where that is another year."""
    places = PLACES_11F[by or year]
    line = [" "] * int(str(places["length"]))
    values = {
        "kommune": "4602", "aar": f"{year % 100:02}", "kjonn": "1", "sivilstand": "1", "raad": "2",
        "saksbehandler": "NN17", "bolig": "1", **said,
    }  # fmt: skip
    for name, value in values.items():
        if name in places:
            first, length = places[name]  # type: ignore[misc]
            line[first - 1 : first - 1 + len(value[:length])] = value[:length]
    return "".join(line)


def measure(number: str, first: str, category: str, last: str = "") -> str:
    """Return a Tiltak of 15F."""
    end = f" SluttDato={quoteattr(last)}" if last else ""
    return (
        f"<Tiltak Id={quoteattr(number)} StartDato={quoteattr(first)}{end}>"
        '<Lovhjemmel Lov="BVL2021" Kapittel="3" Paragraf="1"/>'
        f"<Kategori Kode={quoteattr(category)}/></Tiltak>"
    )


def child(
    number: str, person: str, measures: Sequence[str], *, last: str = "", worker: str = "NN"
) -> str:
    """Return an Individ of 15F, with a plan of the child welfare act, which is no individual plan."""
    end = f" SluttDato={quoteattr(last)}" if last else ""
    return (
        f'<Individ Id={quoteattr(number)} StartDato="2020-01-01"{end} Journalnummer={quoteattr(number)} '
        f'Fodselsnummer={quoteattr(person)} Saksbehandler={quoteattr(worker)} Avslutta3112="2">'
        f'<Plan Id="P{number}" StartDato="2020-02-01" Plantype="1"/>'
        + "\n".join(measures)
        + "</Individ>"
    )


def child_welfare(children: Sequence[str], year: int = 2025, municipality: str = "4602") -> str:
    """Return a whole file of 15F."""
    return (
        '<?xml version="1.0" encoding="iso-8859-1"?>\n<Barnevern>\n'
        f'<Avgiver Versjon="{year}" Kommunenummer="{municipality}" Kommunenavn="Kinn" '
        'Organisasjonsnummer="921244207"/>\n' + "\n".join(children) + "\n</Barnevern>\n"
    )


def referral(
    person: str,
    status: str,
    *,
    case: str = "B-1",
    valid_from: str = "",
    sent: str = "2025-03-04T10:00:00",
    version: str = "1.0.0",
    coordinator: str = "",
    sibling: str = "",
) -> str:
    """Return a referral of DigiBarnevern, each element in the namespace of the schema it is of."""
    base = "https://Bufdir.no"
    valid = f"<bv:GyldigFra>{valid_from}</bv:GyldigFra>" if valid_from else ""
    known = (
        f"<bv:Koordinator><bv:Kontaktperson><bg:Navn>{coordinator}</bg:Navn><bg:Telefon>57000000"
        "</bg:Telefon><bg:epost>kari@kinn.example</bg:epost></bv:Kontaktperson>"
        "<bv:Instans>Barneverntenesta</bv:Instans></bv:Koordinator>"
        if coordinator
        else ""
    )
    siblings = (
        "<henv:SoskenSamplassering><henv:Sosken><henv:SoskenRelasjon>1</henv:SoskenRelasjon>"
        f"<henv:Fodselsnummer>{sibling}</henv:Fodselsnummer></henv:Sosken></henv:SoskenSamplassering>"
        if sibling
        else ""
    )
    root = "Henvisning" if version.startswith("1.") else "HenvisningFosterhjem"
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<f:{root} '
        f'xmlns:f="{base}/Barnevern/Henvisning/Fosterhjem_v{version}" '
        f'xmlns:henv="{base}/Barnevern/Henvisning_v{version}" '
        f'xmlns:bv="{base}/Barnevern/Generelt_v{version}" '
        f'xmlns:bg="{base}/Generelt_v{version}" xmlns:mld="{base}/Melding_v{version}">\n'
        "<mld:Meldingshode><mld:Id>6f9619ff-8b86-d011-b42d-00c04fc964ff</mld:Id>"
        f"<mld:SendtTidspunkt>{sent}</mld:SendtTidspunkt><mld:Avsender><bg:Organisasjonsnummer>921244207"
        "</bg:Organisasjonsnummer><bg:Navn>Barneverntenesta</bg:Navn><bg:Kommuneinfo><bg:Kommunenummer>4602"
        "</bg:Kommunenummer><bg:Kommunenavn>Kinn</bg:Kommunenavn></bg:Kommuneinfo></mld:Avsender>"
        "</mld:Meldingshode>\n"
        f"<henv:IndividuellPlan><bv:Status>{status}</bv:Status>{valid}{known}</henv:IndividuellPlan>\n"
        f"<henv:Klient><bv:Identifikator><bv:Fodselsnummer>{person}</bv:Fodselsnummer></bv:Identifikator>"
        f"<bv:Ufodt>false</bv:Ufodt><bv:KommunalSaksId>{case}</bv:KommunalSaksId></henv:Klient>\n"
        f"{siblings}</f:{root}>\n"
    )
