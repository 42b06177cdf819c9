"""What a service of the true world is, and the code that KPR has for it."""

from __future__ import annotations

import zlib

from dagster_project.demo.places import Place
from dagster_project.demo.world import Person, Service

_OUTSIDE = "outside_kpr"
# What a service may be, by its area, and what KPR calls it.
_KINDS: dict[str, tuple[tuple[str, str], ...]] = {
    "home_care": (
        ("Helsetjenester i hjemmet", "home_health_care"),
        ("Praktisk bistand", "practical_assistance"),
        ("Trygghetsalarm", "safety_alarm"),
    ),
    "residential_care": (("Tidsbegrenset opphold", "stay_other"), ("Langtidsopphold", "long_stay")),
    "mental_health": (
        ("Oppfølging psykisk helse", "home_health_care"),
        ("Oppfølging rus", "home_health_care"),
    ),
    "disability": (
        ("Avlastning", "respite_at_home"),
        ("Bofellesskap", "municipal_housing"),
        ("Støttekontakt", "support_contact"),
    ),
    "rehabilitation": (
        ("Fysioterapi", _OUTSIDE),
        ("Ergoterapi", _OUTSIDE),
        ("Hverdagsrehabilitering", "home_health_care"),
    ),
    "child_health": (("Oppfølging helsestasjon", _OUTSIDE), ("Skolehelsetjeneste", _OUTSIDE)),
    "primary_medical": (("Legetilsyn", _OUTSIDE),),
    "kindergarten": (("Spesialpedagogisk hjelp", _OUTSIDE),),
    "school": (("Spesialundervisning", _OUTSIDE), ("Tilrettelagt opplæring", _OUTSIDE)),
    "educational_psychology": (("Utredning", _OUTSIDE), ("Oppfølging PPT", _OUTSIDE)),
    "child_welfare": (("Hjelpetiltak", _OUTSIDE), ("Ettervern", _OUTSIDE)),
    "social_services": (("Kvalifiseringsprogram", _OUTSIDE), ("Råd og veiledning", _OUTSIDE)),
    "integration": (("Introduksjonsprogram", _OUTSIDE),),
}


def kind_of(service: Service) -> str:
    """Return what a service is called; a label, no code."""
    return _kind(service)[0]


def registered_kpr_service(place: Place, person: Person, service: Service) -> str | None:
    """Return KPR's service as the journal has its code; None where it has none."""
    key = f"{place.code}{person.id_number}{service.area}{service.first}"
    is_coded = zlib.crc32(key.encode()) / 2**32 < place.coded
    return _kind(service)[1] if is_coded else None


def _kind(service: Service) -> tuple[str, str]:
    kinds = _KINDS[service.area]
    return kinds[service.first % len(kinds)]
