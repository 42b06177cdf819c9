"""What systems call things, in bokmål and nynorsk: for each canonical value, words that mean it.

Every word is one that `seeds/code_map.csv` lists (as it is compared: folded); a system's own codes
stand in its specification and come into `sources.yml` under `values:`.
"""

from __future__ import annotations

from collections.abc import Mapping

# field -> canonical value -> words; the first word is the usual one.
Words = Mapping[str, Mapping[str, tuple[str, ...]]]

_CONSENT = {"yes": ("Ja", "Skriftlig", "Muntlig"), "no": ("Nei", "Ikke innhentet")}
_SEX = {"female": ("K", "Kvinne"), "male": ("M", "Mann")}
_KPR_CODES = {
    "practical_assistance": ("1", "01"),
    "safety_alarm": ("6", "06"),
    "respite_at_home": ("7",),
    "support_contact": ("9",),
    "home_health_care": ("15",),
    "stay_other": ("20",),
    "long_stay": ("21",),
    "municipal_housing": ("29", "29", "12"),
    "outside_kpr": ("Ikke KPR",),
}
_ROUND_THE_CLOCK = {"yes": ("Ja",), "no": ("Nei",)}

BOKMAL: Words = {
    "retning": {"incoming": ("Inngående", "I"), "outgoing": ("Utgående", "U")},
    "rolle": {
        "coordinator": ("Koordinator", "Koordinator", "IP-koordinator", "KOORDINATOR", "koord."),
        "child_coordinator": ("Barnekoordinator", "barnekoordinator", "BK", "Barnekoord."),
        "primary_contact": ("Primærkontakt", "Tjenesteansvarlig", "Primærkontakt/koordinator"),
        "specialist_coordinator": ("Kreftkoordinator", "Demenskoordinator", "Forløpskoordinator"),
        "system_coordinator": ("Systemkoordinator", "Leder KE"),
    },
    "status": {
        "active": ("Aktiv", "Aktiv", "I bruk", "Under evaluering"),
        "in_preparation": ("Under arbeid", "Påbegynt", "Utkast"),
        "in_assessment": ("Vurderes", "Under vurdering"),
        "dormant": ("Hvilende", "Samtykke trukket"),
        "refused": ("Avslag",),
        "closed": ("Avsluttet", "Arkivert", "Lukket"),
        "declined": ("Takket nei", "Ønsker ikke"),
        "none": ("Nei", "Ikke aktuelt"),
        "unknown": ("Ukjent", "Ikke vurdert"),
    },
    "plantype": {
        "individual_plan": ("Individuell plan", "IP"),
        "other_plan": ("IOP", "Individuell opplæringsplan", "Stafettlogg", "Tiltaksplan"),
    },
    "motetype": {
        "ansvarsgruppe": ("Ansvarsgruppemøte", "Ansvarsgruppe", "AG-møte"),
        "oppfølgingsteam": ("Oppfølgingsteam", "Oppfølgingsteammøte", "OT-møte"),
        "collaboration_meeting": ("Samarbeidsmøte", "Samarbeidsm.", "Nettverksmøte"),
        "coordinator_meeting": ("Koordinatormøte", "Overgangsmøte"),
        "contact": ("Telefon", "Samtale", "Hjemmebesøk"),
    },
    "endringstype": {
        "declined_coordinator": ("Takket nei til koordinator", "Ønsker ikke koordinator"),
        "declined_plan": ("Takket nei til IP", "Ønsker ikke individuell plan"),
        "coordinator_change": ("Bytte av koordinator", "Ny koordinator"),
        "coordinator_ended": ("Koordinator avsluttet", "Ikke lenger behov"),
        "plan_ended": ("IP avsluttet", "Plan avsluttet"),
        "moved": ("Flyttet", "Utflyttet"),
        "died": ("Død", "Mors"),
    },
    "samtykke": _CONSENT,
    "kjonn": _SEX,
    "tjenestekode": _KPR_CODES,
    "heldogn": _ROUND_THE_CLOCK,
    "melder": {
        "municipal_service": ("Kommunal tjeneste", "Skole", "Helsestasjon", "NAV", "Barnehage"),
        "gp": ("Fastlege",),
        "hospital": ("Sykehus", "Helseforetak"),
        "user_or_family": ("Pårørende", "Bruker", "Foresatt"),
        "other": ("Annet",),
    },
    "utfall": {
        "coordinator": ("Koordinator",),
        "coordinator_and_plan": ("Koordinator og IP",),
        "plan": ("IP",),
        "rejected": ("Avslag",),
        "withdrawn": ("Ønsker ikke", "Trukket"),
        "pending": ("Under behandling",),
    },
    "tjenesteomrade": {
        "home_care": ("Hjemmetjenester", "Hjemmesykepleie", "Hjemmetjeneste"),
        "residential_care": ("Sykehjem", "Institusjon"),
        "mental_health": ("Psykisk helse og rus", "Psykisk helse", "Rus og psykiatri"),
        "disability": ("Miljøtjeneste", "Habilitering", "Bo- og miljø"),
        "rehabilitation": ("Fysio- og ergoterapi", "Rehabilitering", "Fysio/ergo"),
        "child_health": ("Helsestasjon og skolehelsetjeneste", "Helsestasjon"),
        "primary_medical": ("Legetjeneste", "Kommuneoverlege"),
        "allocation": ("Tildelingskontor", "Koordinerende enhet"),
        "kindergarten": ("Barnehage",),
        "school": ("Skole", "Grunnskole"),
        "educational_psychology": ("PPT", "PP-tjenesten"),
        "child_welfare": ("Barnevern", "Barnevernstjeneste"),
        "social_services": ("NAV", "NAV kommune", "Sosialtjeneste"),
        "integration": ("Flyktningtjeneste", "Integrering"),
        "specialist": ("BUP", "Sykehus", "DPS"),
    },
    "deltakere": {
        "gp": ("Fastlege", "fastlegen", "lege"),
        "user": ("Bruker", "brukeren"),
        "family": ("Foresatte", "Pårørende", "mor"),
        "coordinator": ("Koordinator",),
    },
}

NYNORSK: Words = {
    **BOKMAL,
    "retning": {"incoming": ("Inngåande", "I"), "outgoing": ("Utgåande", "U")},
    "rolle": {
        "coordinator": ("Koordinator", "Koordinator", "Teamleiar", "IP-koordinator", "koordinator"),
        "child_coordinator": ("Barnekoordinator", "barnekoordinator", "BK"),
        "primary_contact": ("Primærkontakt", "Tenesteansvarleg"),
        "specialist_coordinator": ("Kreftkoordinator", "Stafetthaldar", "Demenskoordinator"),
        "system_coordinator": ("Systemkoordinator", "Leiar KE"),
    },
    "status": {
        **BOKMAL["status"],
        "in_preparation": ("Under arbeid", "Påbyrja", "Under utarbeiding"),
        "in_assessment": ("Vert vurdert",),
        "dormant": ("Kvilande", "Samtykke trekt"),
        "refused": ("Avslått",),
        "closed": ("Avslutta", "Arkivert", "Lukka"),
        "declined": ("Takka nei", "Ønskjer ikkje"),
        "none": ("Nei", "Ikkje aktuelt"),
        "unknown": ("Ukjent", "Ikkje vurdert"),
    },
    "motetype": {**BOKMAL["motetype"], "contact": ("Telefon", "Samtale", "Heimebesøk")},
    "endringstype": {
        "declined_coordinator": ("Takka nei til koordinator",),
        "declined_plan": ("Takka nei til IP",),
        "coordinator_change": ("Byte av koordinator", "Ny koordinator"),
        "coordinator_ended": ("Koordinator avslutta", "Ikkje lenger behov"),
        "plan_ended": ("IP avslutta",),
        "moved": ("Flytta",),
        "died": ("Mors",),
    },
    "samtykke": {"yes": ("Ja", "Skriftleg", "Munnleg"), "no": ("Nei",)},
    "melder": {
        "municipal_service": ("PPT", "Helsestasjon", "NAV", "Barnehage"),
        "gp": ("Fastlege",),
        "hospital": ("Sjukehus",),
        "user_or_family": ("Brukar", "Foresatt", "Verge"),
        "other": ("Anna",),
    },
    "tjenesteomrade": {
        **BOKMAL["tjenesteomrade"],
        "home_care": ("Heimeteneste", "Heimesjukepleie"),
        "residential_care": ("Sjukeheim",),
        "mental_health": ("Psykisk helse og rus", "Psykisk helseteneste"),
        "disability": ("Miljøtenesta", "Bu- og aktivitetstilbod", "Habilitering"),
        "child_health": ("Helsestasjon", "Skulehelseteneste"),
        "primary_medical": ("Kommuneoverlege",),
        "allocation": ("Koordinerande eining", "Tildelingskontor"),
        "kindergarten": ("Barnehage", "Barnehagar"),
        "school": ("Skule",),
        "child_welfare": ("Barnevern", "Barnevernsteneste"),
        "social_services": ("NAV",),
        "integration": ("Flyktningteneste",),
        "specialist": ("BUP", "DPS"),
    },
    "deltakere": {
        "gp": ("Fastlege", "lege"),
        "user": ("Brukar", "brukaren"),
        "family": ("Foresatte", "Pårørande"),
        "coordinator": ("Koordinator",),
    },
}
