"""What a recording says about itself: the same JSON in `recording.json` and in an MCAP file."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from math import isfinite
from types import MappingProxyType

import msgspec

from firmware.errors import BadInputError, in_one_line
from tracker.profiles import PROFILES
from tracker.setup import MOST_REPS, EarlierSet, Leg, SessionSetup
from tracker.tempo import parse_tempo

FORMAT = 1
"""Version of the recording format; a reader refuses a later one."""

LEAST_LEG_M, LONGEST_LEG_M = 0.3, 1.3
FARTHEST_PULLEY_M = 10.0
LONGEST_NAME = 120

EXAMPLE = '{"exercise": "cable-kickback", "leg": null, "leg_length_m": 0.8, "pulley_distance_m": null}'

_HINTS: Mapping[str, str] = MappingProxyType(
    {
        "exercise": f"known are {', '.join(PROFILES)}",
        "leg": 'write "left", "right" or null',
        "leg_length_m": "write metres from hip joint to ankle cuff, such as 0.85, or null",
        "pulley_distance_m": "write metres along the floor, such as 1.5, or null",
        "target": 'write four numbers such as "3-1-2-1", or null',
        "target_reps": f"write a whole number of 1 to {MOST_REPS}, or null",
        "earlier": "leave it out: it is what Kickback compares with, written by itself",
        "cuff_as_printed": "write true or false",
        "pulley_assumed": "write true or false",
        "simulated": "write true or false",
        "started_at": 'write the UTC time such as "2026-05-01T17:30:00Z", or null',
    }
)


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """The setup of a session and where the recording comes from.

    `session`: None when the file does not name it. `started_at`: RFC 3339 UTC of session time zero, None
    when nobody knew. `notes`: what was lost before this recording came here.
    """

    exercise: str
    session: str | None = None
    leg: Leg | None = None
    leg_length_m: float | None = None
    pulley_distance_m: float | None = None
    cuff_as_printed: bool = False
    pulley_assumed: bool = False
    target: str | None = None
    target_reps: int | None = None
    earlier: tuple[EarlierSet, ...] = ()
    started_at: str | None = None
    simulated: bool = False
    software: str | None = None
    format: int = FORMAT
    notes: tuple[str, ...] = ()

    def setup(self, fallback_session: str) -> SessionSetup:
        """Return the session's setup, named after the file when the header gives no name."""
        return SessionSetup(
            session=self.session or fallback_session,
            exercise=self.exercise,
            leg=self.leg,
            leg_length_m=self.leg_length_m,
            pulley_distance_m=self.pulley_distance_m,
            cuff_as_printed=self.cuff_as_printed,
            pulley_assumed=self.pulley_assumed,
            target=self.target,
            target_reps=self.target_reps,
            earlier=self.earlier,
        )


def header_of(
    setup: SessionSetup,
    *,
    started_at: str | None = None,
    simulated: bool = False,
    notes: tuple[str, ...] = (),
) -> Header:
    """Describe a session that is about to be written by this version of the program.

    Raises BadInputError for a setup that a reader would refuse, ValueError for a time that is not in UTC.
    """
    fields = msgspec.to_builtins(setup)
    started_at = None if started_at is None else utc_text(started_at)
    header = Header(started_at=started_at, simulated=simulated, software=_software(), notes=notes, **fields)
    return _checked(header, "session setup")


def parse_header(text: str, where: str) -> tuple[Header, tuple[str, ...]]:
    """Read and check a header; return it with notes on keys it holds that nobody knows.

    Raises BadInputError, one line that begins with `where`.
    """
    try:
        fields = json.loads(text)
    except json.JSONDecodeError as error:
        raise BadInputError(
            f"{where}, line {error.lineno}, column {error.colno}: not valid JSON ({error.msg}); "
            f"it should look like {EXAMPLE}"
        ) from None
    except (RecursionError, ValueError):
        raise BadInputError(f"{where}: not valid JSON; it should look like {EXAMPLE}") from None
    if not isinstance(fields, dict):
        raise BadInputError(f"{where}: must be one JSON object, such as {EXAMPLE}")
    if "exercise" not in fields:
        raise BadInputError(f'{where}: "exercise" is missing; known are {", ".join(PROFILES)}')
    known = Header.__struct_fields__
    notes = tuple(f"{where}: unknown key {key!r:.60} was ignored" for key in fields if key not in known)
    try:
        header = msgspec.convert(fields, Header)
    except msgspec.ValidationError as error:
        raise BadInputError(_type_complaint(where, in_one_line(error))) from None
    return _checked(header, where), notes


def utc_text(text: str) -> str:
    """Return an RFC 3339 time in UTC, ending in Z; raise ValueError when it is none or names no zone."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None or not 1970 <= moment.year < 2200:
        raise ValueError(f"'{text}' is no time in UTC")
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def epoch_ns(started_at: str | None) -> int:
    """Nanoseconds from 1970 to session time zero; 0 when the start is unknown."""
    if started_at is None:
        return 0
    since = datetime.fromisoformat(started_at) - datetime(1970, 1, 1, tzinfo=UTC)
    return ((since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds) * 1_000


def _checked(header: Header, where: str) -> Header:
    if header.format > FORMAT:
        raise BadInputError(
            f"{where}: written in format {header.format}, this program knows {FORMAT}; update Kickback"
        )
    if header.exercise not in PROFILES:
        raise BadInputError(
            f"{where}: unknown exercise {header.exercise!r:.60}; known are {', '.join(PROFILES)}"
        )
    if header.session is not None and not _is_name(header.session):
        raise BadInputError(
            f"{where}: session must be a printable name of 1 to {LONGEST_NAME} characters; "
            "change it or leave it out"
        )
    _require_length(where, "leg_length_m", header.leg_length_m, LEAST_LEG_M, LONGEST_LEG_M)
    _require_length(where, "pulley_distance_m", header.pulley_distance_m, 0.0, FARTHEST_PULLEY_M)
    if header.target_reps is not None and not 1 <= header.target_reps <= MOST_REPS:
        raise BadInputError(
            f"{where}: target_reps is {header.target_reps}, possible are 1 to {MOST_REPS}; "
            f"{_HINTS['target_reps']}"
        )
    if header.target is not None:
        try:
            parse_tempo(header.target)
        except ValueError as error:
            raise BadInputError(f"{where}: {in_one_line(error)}") from None
    if header.started_at is None:
        return header
    try:
        return msgspec.structs.replace(header, started_at=utc_text(header.started_at))
    except (ValueError, OverflowError):
        raise BadInputError(
            f"{where}: started_at {header.started_at!r:.60} is no UTC time; {_HINTS['started_at']}"
        ) from None


def _is_name(text: str) -> bool:
    return 0 < len(text) <= LONGEST_NAME and text.isprintable() and not text.isspace()


def _require_length(where: str, name: str, value_m: float | None, least_m: float, most_m: float) -> None:
    if value_m is not None and not (isfinite(value_m) and least_m <= value_m <= most_m):
        raise BadInputError(
            f"{where}: {name} is {value_m:g}, possible are {least_m:g} to {most_m:g} m; {_HINTS[name]}"
        )


def _type_complaint(where: str, complaint: str) -> str:
    reason, _, path = complaint.partition(" - at ")
    name = path.strip("`").removeprefix("$.").partition("[")[0]
    hint = _HINTS.get(name, "correct it or leave it out")
    return f"{where}: {name} is not as it should be ({reason}); {hint}"


def _software() -> str:
    try:
        return f"kickback-tracker {version('kickback-tracker')}"
    except PackageNotFoundError:
        return "kickback-tracker"
