"""Ways to write an id and a name: by a generator, so that no list of them is ever complete."""

from __future__ import annotations

import base64
import random

from hypothesis import strategies as st

# The zero of scripts whose digits follow one another.
_ZEROS = "0" * 12 + "０٠۰߀०০੦௦๐༠၀០᠐𝟎𝟘"
_OTHER_DIGITS = ("⁰¹²³⁴⁵⁶⁷⁸⁹", "₀₁₂₃₄₅₆₇₈₉", "⓪①②③④⑤⑥⑦⑧⑨", "〇一二三四五六七八九")
# Nothing in it is a digit, nor a letter that may be taken for one.
_SIGNS = " .,:;-–—−_/\\|+*'\"()[]{}<>#~^§«»·•…\t\n\r\u00a0\u202f\u2009\u3000\u00ad\u200b\u200d\u2060\ufeff"
_WORDS = ("pnr", "nr", "født", "og", "personnr.", "nummer", "x", "til", "etter", "kjent som")
_PAST = (
    "%20",
    "%09",
    "%2520",
    "&nbsp;",
    "&#32;",
    "&#x20;",
    "&ndash;",
    "\\u00a0",
    "\\x20",
    "_x0020_",
    "\\U00000020",
    "\\u{20}",
    "\\040",
    "</b><b>",
    '</td><td style="width: 40px">',
)
# How programs write a sign, each digit by itself.
_CODED = ("%{0:02X}", "%25{0:02X}", "&#{0};", "&#x{0:x};", "\\x{0:02x}", "\\u{0:04x}", "\\U{0:08x}",
          "\\u{{{0:x}}}", "\\{0:03o}", "={0:02X}", "_x{0:04X}_", "0x{0:02x} ", "\\{0:x} ", "{0:02x}")  # fmt: skip
_IN_WORDS = "null en to tre fire fem seks sju åtte ni".split()
_ALIKE = {"0": "Oo", "1": "Il", "2": "Z", "5": "S", "8": "B"}
_OTHER_NUMBERS = (
    " i Tromsø, bosatt i Bodø siden 2004, nr. ",
    " kl. 10 i rom 214: ",
    ", sak 17/2023, ",
)
_BESIDE = ("", "", "", "IP ", "bruker: ", "(", "sak 7 ", "nr 12, ", "fil_20240131_", "A")


def spell(one: str, chance: random.Random) -> str:
    """Return one spelling of an id of eleven digits."""
    if chance.random() < 0.2:
        return _seldom(one, chance)
    groups = _groups(one, chance)
    if chance.random() < 0.15 and len(groups) == 2 and len(groups[0]) == 6:
        groups.reverse()
    between = [_between(chance) for _ in groups[1:]]
    if len(groups) > 4:
        between = [chance.choice(_SIGNS) * chance.randint(1, 2)] * len(between)
    written = groups[0] + "".join(
        gap + group for gap, group in zip(between, groups[1:], strict=True)
    )
    before = chance.choice(_BESIDE)
    after = chance.choice(("", "", ")", " avsluttet", ".csv", " (2)", "\n"))
    # What comes of escapes is not written in other digits: they would be no escapes then.
    digits = written if any(past in written for past in _PAST) else _in_script(written, chance)
    return f"{before}{digits}{after}"


def _seldom(one: str, chance: random.Random) -> str:
    """Return an id in words, in codes, with letters in the place of digits, or far apart."""
    birth, rest = one[:6], one[6:]
    before, after = chance.choice(_BESIDE[:-1]), chance.choice(("", ")", " avsluttet"))
    match chance.randrange(5):
        case 0:
            words = [_IN_WORDS[int(digit)] for digit in one]
            first = chance.randrange(10)
            written = one[:first] + chance.choice(" -") + chance.choice(" -,").join(words[first:])
        case 1:
            written = "".join(chance.choice(_ALIKE.get(digit, digit) + digit) for digit in rest)
            written = f"{birth}{chance.choice(('', ' ', '-'))}{written}"
        case 2:
            code = chance.choice(_CODED)
            written = "".join(code.format(ord(digit)) for digit in one)
        case 3:
            written = base64.b64encode(one.encode()).decode()
        case _:
            written = chance.choice((birth, f"{birth[:2]}.{birth[2:4]}.{birth[4:]}"))
            written += f"{chance.choice(_OTHER_NUMBERS)}{rest}"
    return f"{before}{written}{after}"


def spellings_of(ids: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Return a strategy for spellings of these ids."""
    return st.builds(spell, ids, st.randoms(use_true_random=False))


def _groups(one: str, chance: random.Random) -> list[str]:
    birth, rest = one[:6], one[6:]
    day, month, year = birth[:2], birth[2:4], birth[4:]
    match chance.randrange(7):
        case 0:
            return [one]
        case 1:
            return list(one)
        case 2:
            return [day, month, year, rest]
        case 3:
            return [day, month, year, rest[:3], rest[3:]]
        case 4:
            cuts = sorted(chance.sample(range(1, 11), chance.randint(1, 4)))
            return [one[a:b] for a, b in zip([0, *cuts], [*cuts, 11], strict=True)]
        case _:
            return [birth, rest]


def _between(chance: random.Random) -> str:
    match chance.randrange(4):
        case 0:
            return chance.choice(_PAST)
        case 1:
            return f"{chance.choice(_SIGNS)}{chance.choice(_WORDS)}{chance.choice(_SIGNS)}"
        case _:
            return "".join(chance.choice(_SIGNS) for _ in range(chance.randint(1, 5)))


def _in_script(text: str, chance: random.Random) -> str:
    if chance.random() < 0.1:
        digits = chance.choice(_OTHER_DIGITS)
        return "".join(digits[int(sign)] if sign in "0123456789" else sign for sign in text)
    zero = chance.choice(_ZEROS)
    return "".join(chr(ord(zero) + int(sign)) if sign in "0123456789" else sign for sign in text)


# How a name may be written. A letter alone, and a given name alone, may be too little to search for.
_FORMS = {
    "given and surname": "{g} {s}",
    "surname, given": "{s}, {g}",
    "a lone surname": "{s}",
    "a lone given name": "{g}",
    "all small": "{gl} {sl}",
    "all capitals": "{gu} {su}",
    "an initial and a surname": "{i}. {s}",
    "an initial and a surname, small": "{i} {sl}",
    "a surname and an initial": "{s} {i}.",
    "beside a common word": "bruker {s}",
    "before a common word": "{s} plan",
    "with a number": "{sl}-12",
    "with a number joined": "{s}12",
    "joined, with capitals": "{g}{s}",
    "joined, small": "{gl}{sl}",
    "joined the other way round": "{sl}{gl}",
    "an initial joined": "{i}{sl}",
    "joined with a common word": "plan{sl}",
    "joined by an underscore": "{g}_{s}",
    "joined by a hyphen": "{g}-{s}",
    "of two surnames": "Xq-{s}",
    "somebody's": "{s}s plan",
    "an address": "{gl}.{sl}@kommune.no",
    "letter by letter": "{spaced}",
    "with dots": "{dotted}",
    "in two pieces": "{s1} {s2}",
    "with unseen signs": "{hidden}",
    "with a soft hyphen": "{soft}",
    "with full-width letters": "{wide}",
    "with accents": "{accented}",
    "within a sentence": "Avtale med {s} om avlasting",
    "in a file's name": "koordinator_{s}_20231231.csv",
    "in quotation marks": "«{s}»",
    "with letters lost": "{lost}",
    "with bytes for letters": "{bytes}",
    "with digits for letters": "{digits}",
    "with capitals anywhere": "{mixed}",
    "in an element": "<b>{s1}</b>{s2}",
    "in the codes of a page": "{coded}",
    "in the codes of an address": "{percent}",
    "in the codes of a program": "{program}",
    "an address of mail with an initial": "{il}{sl}@kommune.no",
}


def forms_of_name(given: str, surname: str) -> dict[str, str]:
    """Return the forms in which a name is written, each by what it is called."""
    parts = {
        "g": given, "s": surname, "gl": given.lower(), "sl": surname.lower(),
        "gu": given.upper(), "su": surname.upper(), "i": given[0],
        "spaced": " ".join(surname), "dotted": ".".join(surname),
        "s1": surname[:4], "s2": surname[4:], "hidden": "\u200b".join(surname),
        "soft": f"{surname[:3]}\u00ad{surname[3:]}",
        "wide": "".join(chr(ord(letter) + 0xFEE0) for letter in surname),
        "accented": surname.replace("a", "á"), "il": given[0].lower(),
        # Letters that are lost or become two are those that English has not.
        "lost": surname.replace("a", "?"),
        "bytes": surname.replace("a", "å").encode().decode("latin-1"),
        "digits": surname.replace("a", "4").replace("e", "3"),
        "mixed": "".join(c.upper() if n % 2 else c.lower() for n, c in enumerate(surname)),
        "coded": "".join(f"&#{ord(c)};" for c in surname),
        "percent": "".join(f"%{ord(c):02X}" for c in surname),
        "program": "".join(f"\\u{ord(c):04x}" for c in surname),
    }  # fmt: skip
    return {name: form.format(**parts) for name, form in _FORMS.items()}
