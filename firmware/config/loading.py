"""Loading: a TOML file to a config; what is wrong with it is said in one line with file, key and value."""

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from math import isfinite
from pathlib import Path
from typing import Any

import msgspec
from msgspec import inspect

from firmware.config.places import config_paths
from firmware.config.sections import Config
from firmware.errors import BadInputError, in_one_line

LARGEST_BYTES = 2**18
_SHOWN = 60
_NAME = re.compile(r"[A-Za-z0-9_-]+")
"""What needs no quotes, as no known key does."""


def load_config(path: Path | None = None, environ: Mapping[str, str] = os.environ) -> Config:
    """Read the config at `path`, or at the usual places; without any file all is at its default.

    Raise BadInputError, one line: the file, the key, its value and what is allowed.
    """
    if path is None:
        path = next((each for each in config_paths(environ, Path.home()) if _there(each)), None)
        if path is None:
            return Config()
    return parse_config(_text(path), str(path))


def parse_config(text: str, where: str) -> Config:
    """Read a config from its text; `where` begins every complaint."""
    try:
        values = tomllib.loads(text)
        everything = list(_everything(values, ()))
    except tomllib.TOMLDecodeError as error:
        raise BadInputError(f"{where}: not valid TOML: {error}") from None
    except (RecursionError, ValueError) as error:
        raise BadInputError(f"{where}: not valid TOML: {type(error).__name__}") from None
    for names, value in everything:
        if strange := [name for name in names if not _NAME.fullmatch(name)]:
            raise BadInputError(f"{where}: {strange[0]!r:.60} is no key; look for a stray quote before it")
        if isinstance(value, float) and not isfinite(value):
            raise BadInputError(f"{where}: {'.'.join(names)} is {value}; write a number")
    try:
        return msgspec.convert(values, Config)
    except msgspec.ValidationError as error:
        raise BadInputError(f"{where}: {_complaint(values, error)}") from None


def _there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:
        return True


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_BYTES + 1)
    except OSError as error:
        raise BadInputError(
            f"{path}: cannot be read ({error.strerror}); give another with --config"
        ) from None
    if len(data) > LARGEST_BYTES:
        raise BadInputError(f"{path}: larger than {LARGEST_BYTES // 1024} kB; is it the right file?")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInputError(f"{path}: byte {error.start} is not UTF-8 text; save it as UTF-8") from None


def _everything(value: object, names: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], object]]:
    """Every table and value, with the names that lead to it."""
    yield names, value
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _everything(inner, (*names, name))
    elif isinstance(value, list):
        for inner in value:
            yield from _everything(inner, names)


def _complaint(values: dict[str, Any], error: msgspec.ValidationError) -> str:
    reason, _, path = in_one_line(error, LARGEST_BYTES).partition(" - at `$")
    key = path.strip("`.")
    if isinstance(error.__cause__, ValueError):
        return _joined(key, f"{reason:.240}")
    unknown = reason.removeprefix("Object contains unknown field ")
    if unknown != reason:
        return _unknown(key, unknown.strip("`"))
    shown = repr(_value(values, key))
    if len(shown) > _SHOWN:
        shown = shown[:_SHOWN] + "..."
    return f"{key} is {shown}; {_allowed(_kind(key))}"


def _unknown(section: str, name: str) -> str:
    """What to do about a key that is none. Its value is not shown: it could be a password."""
    kind = _kind(section)
    known = [field.name for field in kind.fields] if isinstance(kind, inspect.StructType) else []
    if "password_file" in known and name == "password":
        todo = "put the password into a file of its own and its path into password_file"
    elif near := get_close_matches(name, known, 1):
        todo = f"did you mean {near[0]}?"
    else:
        todo = f"known are {', '.join(known)}"
    return f"{_joined(section, name)} is no key; {todo}"


def _joined(section: str, rest: str) -> str:
    return f"{section}.{rest}" if section else rest


def _value(values: dict[str, Any], key: str) -> object:
    found: Any = values
    for name in key.split("."):
        found = found.get(name) if isinstance(found, dict) else None
    return found


def _kind(key: str) -> inspect.Type:
    """The type of the value of a key; of the whole config for an empty key."""
    kind = inspect.type_info(Config)
    for name in key.split(".") if key else ():
        assert isinstance(kind, inspect.StructType)
        kind = _present(next(field.type for field in kind.fields if field.name == name))
    return kind


def _present(kind: inspect.Type) -> inspect.Type:
    """The type beside None: in TOML a key that is not set is left out."""
    if isinstance(kind, inspect.UnionType):
        return next(each for each in kind.types if not isinstance(each, inspect.NoneType))
    return kind


def _allowed(kind: inspect.Type) -> str:
    match kind:
        case inspect.StructType():
            return f"write a table with {', '.join(field.name for field in kind.fields)}"
        case inspect.LiteralType():
            return f"write {' or '.join(map(_written, kind.values))}"
        case inspect.BoolType():
            return "write true or false"
        case inspect.IntType(ge=low, le=high) if low is not None:
            return f"write a whole number from {low} to {high}"
        case inspect.IntType():
            return "write a whole number"
        case inspect.FloatType(ge=low, le=high):
            return f"write a number from {low:g} to {high:g}"
        case inspect.StrType(max_length=longest) if longest is not None:
            return f"write text of 1 to {longest} characters without blanks or slashes, in quotes"
    return "write text in quotes"


def _written(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)
