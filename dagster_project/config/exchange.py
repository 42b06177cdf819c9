"""What `sources.yml` says of packages: which are shared, and whose are received."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo

from dagster_project.config.rules import Municipality, context_of
from dagster_project.config.yaml_tree import PUBLIC_KEY
from dagster_project.problems import SettingError, did_you_mean
from dagster_project.reference.municipalities import municipalities

_LONGEST_GROUP_NAME = 60
_GROUP_NAME = re.compile(r"[^\W\d_][\w .,()/-]{0,59}")
_FEWEST_OF_GROUP = 2


def _mapping(key: str, example: str) -> BeforeValidator:
    def is_mapping(content: object) -> object:
        if not isinstance(content, dict):
            raise SettingError(f"`{key}:` must be {example}")
        return content

    return BeforeValidator(is_mapping)


def _bases(value: object) -> object:
    if value not in ("3", "5"):
        raise SettingError("`base` must be 5 or 3")
    return int(str(value))


def _seconds(value: object) -> object:
    if not isinstance(value, str) or not value.isdecimal() or not 1 <= int(value) <= 3600:
        raise SettingError("`seconds` must be a whole number from 1 to 3600")
    return int(value)


def _some(value: object) -> object:
    if not isinstance(value, list):
        raise SettingError("`municipalities:` of `share:` must be a list of municipality numbers")
    return value


class Share(BaseModel):
    """Whose packages a run makes after it has published: by default the home municipality's.

    Small counts are rounded to 0 or `base`. A package is put in `folder`, too, where one is named.
    `seconds` is how long a better rounding of one municipality is sought.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    municipalities: Annotated[tuple[Municipality, ...], BeforeValidator(_some)] = ()
    base: Annotated[Literal[3, 5], BeforeValidator(_bases)] = 5
    folder: str | None = None
    seconds: Annotated[int, BeforeValidator(_seconds)] = 60


def _sender(code: str, info: ValidationInfo) -> str:
    """Return the code of a municipality of any year: who has merged since has shared before."""
    if municipalities().years_of(code) is None:
        among = context_of(info).today
        raise SettingError(
            f"`keys:` of `compare:`: '{code}' is no municipality's number"
            f"{did_you_mean(code, among)}"
        )
    return code


def _public_key(text: object) -> str:
    if not isinstance(text, str) or not PUBLIC_KEY.fullmatch(text):
        raise SettingError(
            "`keys:` of `compare:`: a key is `ed25519:` and 44 signs, as the sender's "
            "`samordna share` prints it"
        )
    return text


def _groups(content: object) -> object:
    """Return groups as they are written, each a name with municipalities' numbers."""
    if not isinstance(content, dict):
        raise SettingError(
            "`groups:` of `compare:` must be names, each with a list of municipality numbers"
        )
    for name, codes in content.items():
        if not _GROUP_NAME.fullmatch(str(name)):
            raise SettingError(
                f"`groups:` of `compare:`: a group's name has 1 to {_LONGEST_GROUP_NAME} letters, "
                "digits and spaces, and begins with a letter"
            )
        if not isinstance(codes, list) or len(codes) < _FEWEST_OF_GROUP:
            raise SettingError(
                f"`groups:` of `compare:`: `{name}` must be a list of {_FEWEST_OF_GROUP} or more "
                'municipality numbers, as ["4602", "4618"]'
            )
        twice = sorted({str(code) for code in codes if codes.count(code) > 1})
        if twice:
            raise SettingError(
                f"`groups:` of `compare:`: '{twice[0]}' stands twice in `{name}`: keep one of them"
            )
    return content


def _member(code: str, info: ValidationInfo) -> str:
    """Return the code of a municipality of any year, which a group has."""
    if municipalities().years_of(code) is None:
        among = context_of(info).today
        raise SettingError(
            f"`groups:` of `compare:`: '{code}' is no municipality's number"
            f"{did_you_mean(code, among)}"
        )
    return code


class Compare(BaseModel):
    """Where packages of others lie, by which key each sender is known, and groups to compare with.

    `groups` are names with the numbers of their municipalities, as of a KOSTRA group.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    packages: str | None = None
    keys: Annotated[
        dict[Annotated[str, AfterValidator(_sender)], Annotated[str, BeforeValidator(_public_key)]],
        _mapping("keys", "municipality numbers, each with its public key"),
    ] = Field(default_factory=dict)
    groups: Annotated[
        dict[str, tuple[Annotated[str, AfterValidator(_member)], ...]], BeforeValidator(_groups)
    ] = Field(default_factory=dict)


def _on_or_off(content: object) -> object:
    """Return what `share: true` and `share: false` mean, as if it had been written out."""
    if content in ("true", "false"):
        return {} if content == "true" else None
    if not isinstance(content, dict):
        raise SettingError("`share:` must be true, or name `municipalities:`, `base:`, `folder:`")
    return content


Sharing = Annotated[Share | None, BeforeValidator(_on_or_off)]
Comparing = Annotated[Compare, _mapping("compare", "`packages:`, `keys:` and `groups:`")]
