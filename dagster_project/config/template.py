"""What `samordna init` writes."""

COMPARE_YML = """\
# A home that holds other municipalities' share packages, and counts nothing of its own.

# The language of the dashboards: nb (bokmål), nn (nynorsk) or en.
language: nb

compare:
  # The folder that `samordna receive` and each `samordna run` look in.
  packages: packages

  # Groups to compare with on the page Sammenlign, beside county and country: KOSTRA's, or your own.
  # groups:
  #   KOSTRA-gruppe 2: ["4602", "4618"]

  # Whose packages are received, and by which key each is known: as the sender's `samordna share`
  # prints it. Ask for it by telephone or in person, not in the message that the package comes with.
  # keys:
  #   "4602": "ed25519:..."
"""

SOURCES_YML = """\
# What this installation reads. Every key is explained where it first stands.
# The whole contract (record types, columns, headers, values): docs/contract.md

# The municipality's number, as text. Rows that name no municipality belong to it.
home_municipality: "{municipality}"

# Test persons (month + 80 in the id) are refused where real persons are.
allow_synthetic_ids: false

# The language of the dashboards: nb (bokmål), nn (nynorsk) or en.
language: nb

# Where the keys lie that make pseudonyms of ids. Never inside this folder. Left out: among the
# settings of the user who runs samordna (the first run says where).
# key_file: /somewhere/else/samordna.keys

# The counting rules' parameters, where this municipality counts otherwise; the figures say so.
# definition:
#   count_primary_contact: false   # does a primary contact count as a coordinator?
#   bridge_days: 30                # assignments of one coordinator, or plans, so close are one
#   minutes_keep_plan: false       # do minutes of coordination meetings keep a plan living?

# Days that are counted beside the months' ends: of every year, or of one.
# reference_dates: ["15.11", "2025-03-01"]

# The units of this municipality, a CSV file in this folder: enhet (its name), skrives (what sources
# write for it, parted by |), tjenesteomrade, ansvarlig (the function that answers for it, never a
# person), fra and til (days; empty is open).
# units: enheter.csv

# Days from which the figures are counted otherwise than before: a new system, another practice.
# The two sides are not compared. Left out, `kommune`, `source` and `indicator` mean all of them.
# breaks:
#   - date: "2023-01-01"             # the first day after
#     kind: system_change            # system_change, definition_change, border_change or other
#     source: epj_koordinator
#     note: "Byttet fra Gerica til Helseplattformen"

# What the municipality aims at, shown beside the figures. Left out, `kommune` means all of them.
# targets:
#   - indicator: coordinator_coverage
#     value: 0.75                    # a share of 1, or in the indicator's unit (days, per 1,000)
#     by: 2027                       # a year, or a date; may be left out

# What each run shares with other municipalities: protected counts, signed (docs/share-package.md).
# share:
#   municipalities: ["{municipality}"]
#   base: 5                          # small counts are rounded to 0 or 5; 3 tells more
#   folder: /srv/packages            # where the package is put, too
#   seconds: 60                      # how long a better rounding is sought

# What is received of others, and by which key each is known, as its `samordna share` prints it.
# compare:
#   packages: /srv/packages          # the folder that samordna receive and each run look in
#   keys: {"4602": "ed25519:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}

# One entry for each export. Take away the # of those you have, and make the path your own.
sources:
  # - name: epj_person             # unique, without spaces; shown to data stewards
  #   system: gerica               # free text
  #   record: person               # what a row is: person, tjeneste, koordinator, ip, mote,
  #                                # koordinatortall, endring, ansatt, befolkning, ...
  #   connector: file              # or sql, rest, ssb: fetched by samordna run (last below)
  #   path: inbox/epj/person_*.csv # relative to this folder; * stands for anything. The date in the
  #                                # file's name (20231231, 31.12.2023) is the delivery's date
  #   delivery: snapshot           # snapshot: each file is the full register (default)
  #                                # incremental: each file has new and changed rows

  # - name: epj_tjeneste
  #   system: gerica
  #   record: tjeneste
  #   connector: file
  #   path: inbox/epj/tjeneste_*.csv

  # - name: epj_koordinator
  #   system: gerica
  #   record: koordinator
  #   connector: file
  #   path: inbox/epj/koordinator_*.csv
  #   columns: {"Startdato tiltak": fra_dato}   # only headers that are not found by themselves
  #   values: {rolle: {"K1": koordinator}}      # only codes of your own
  #   codes: {samtykke: ja_nei_1_2}             # whose code list numbers are of
  #   encoding: cp1252             # found by looking; say it only where that fails
  #   delimiter: ";"               # likewise

  # - name: ke_arbeidsbok
  #   system: excel
  #   record: koordinator
  #   connector: file
  #   path: inbox/ke/*.xlsx
  #   sheet: Register              # found by looking where it is left out

  # - name: planverktoy
  #   system: samspill
  #   record: ip
  #   connector: file
  #   path: inbox/samspill/plan_*.json

  # - name: nav_11f                # files that are laid out as an authority says: kostra_11f,
  #   record: ip                   # kostra_15f (ip and mote) and digibarnevern
  #   connector: file
  #   path: inbox/nav/*.dat
  #   format: kostra_11f
  #   layout_year: 2024            # only where the file is written by another year's description

  # Fetched into inbox/<name>/ when samordna runs. No secret stands here: the names of environment
  # variables do, and they are set where samordna runs.

  # - name: epj_ip
  #   record: ip
  #   connector: sql
  #   url_env: EPJ_URL             # holds postgresql://user:password@host/database
  #   table: epj.ip                # or query: one SELECT that names the columns
  #   delivery: incremental        # with watermark: only what changed since it last landed
  #   watermark: endret_dato

  # - name: ip_koordinator
  #   record: koordinator
  #   connector: rest
  #   url: https://ip.example.no/api/v1/koordinatorer
  #   token_env: IP_TOKEN          # sent as a bearer token, or in the header of token_header:
  #   records: data.items          # where in the answer the list is
  #   paging: {by: page, parameter: page, size: 200}   # or by: link, next, fhir, offset
  #   columns: {"bruker.fnr": fnr}

  # - name: ssb_befolkning         # the inhabitants of your municipalities, by age and year
  #   record: befolkning
  #   connector: ssb

  # - name: ssb_framskriving       # the same, projected
  #   record: framskriving
  #   connector: ssb
"""
