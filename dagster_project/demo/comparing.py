"""The demo's second home: it counts nothing, and receives what the demo's municipalities share."""

from __future__ import annotations

import yaml

from dagster_project.config.installation import load_installation
from dagster_project.config.paths import Home
from dagster_project.config.template import COMPARE_YML
from dagster_project.sharing.signing_keys import open_signing_keys

# Six municipalities one after another, while somebody waits.
_SECONDS = 10


def comparing_home(home: Home) -> Home:
    """Return where the second home of a demo lies: beside it."""
    return Home(home.root.with_name(f"{home.root.name}-compare"))


def write_comparing_home(home: Home) -> Home:
    """Have a demo share, and write a home that receives it; return that home.

    The keys are made now, so that the second home can know them.
    """
    second = comparing_home(home)
    packages = second.root / "packages"
    packages.mkdir(parents=True, exist_ok=True)
    codes = load_installation(home).codes
    share = {"municipalities": codes, "folder": f"../{second.root.name}/packages"}
    text = yaml.safe_dump({"share": {**share, "seconds": _SECONDS}}, sort_keys=False, width=100)
    with home.sources_file.open("a", encoding="utf-8") as file:
        file.write(f"\n# What each run shares, for the home beside this one.\n{text}")
    signing = open_signing_keys(load_installation(home))
    keys = {code: (signing.get(code) or signing.make(code)).public for code in codes}
    pinned = yaml.safe_dump({"keys": keys}, sort_keys=False, width=100)
    indented = "".join(f"  {line}\n" for line in pinned.splitlines())
    second.sources_file.write_text(f"{COMPARE_YML}{indented}", encoding="utf-8")
    return second
