"""The sections of the config, with the range of every value and its default."""

from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from firmware.config.dashboard import Dashboard
from firmware.config.panel import Panel
from firmware.config.sensors import Sensors
from firmware.errors import BadInputError
from firmware.mqtt.topics import device_id
from firmware.recording.header import FARTHEST_PULLEY_M, LEAST_LEG_M, LONGEST_LEG_M
from tracker.profiles import profile_named
from tracker.setup import MOST_REPS, Leg, SessionSetup
from tracker.tempo import parse_tempo

TLS_PORT = 8883
PLAIN_PORT = 1883


def _require_absolute(name: str, path: str | None) -> None:
    """A service has no folder of its own that a relative path could begin at."""
    if path is not None and not Path(path).expanduser().is_absolute():
        raise ValueError(f"{name} is {path!r:.80}; write the whole path, beginning with / or ~")


class Device(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """This device. `id` is in every topic and event, and must be the only one of its name at a broker."""

    id: str = "kickback"

    def __post_init__(self) -> None:
        try:
            device_id(self.id)
        except BadInputError as error:
            raise ValueError(str(error).removeprefix("device ")) from error


class Session(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a session begins with; the meanings are those of `tracker.setup.SessionSetup`.

    `ends_after_min`: without any movement for so long the session is over, and the next one begins.
    """

    exercise: str = "cable-kickback"
    leg: Leg | None = None
    leg_length_m: Annotated[float, Meta(ge=LEAST_LEG_M, le=LONGEST_LEG_M)] | None = None
    pulley_distance_m: Annotated[float, Meta(ge=0.0, le=FARTHEST_PULLEY_M)] | None = None
    cuff_as_printed: bool = False
    target: str | None = None
    target_reps: Annotated[int, Meta(ge=1, le=MOST_REPS)] | None = None
    ends_after_min: Annotated[int, Meta(ge=1, le=1440)] = 20

    def __post_init__(self) -> None:
        try:
            profile_named(self.exercise)
        except ValueError as error:
            raise ValueError(f"exercise cannot be used: {error}") from error
        if self.target is not None:
            try:
                parse_tempo(self.target)
            except ValueError as error:
                raise ValueError(f"target cannot be used: {error}") from error

    def setup(self, name: str) -> SessionSetup:
        """The setup of a session of this name."""
        return SessionSetup(
            session=name,
            exercise=self.exercise,
            leg=self.leg,
            leg_length_m=self.leg_length_m,
            pulley_distance_m=self.pulley_distance_m,
            cuff_as_printed=self.cuff_as_printed,
            target=self.target,
            target_reps=self.target_reps,
        )


class Recording(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is recorded, and how much of the disk that may take.

    `folder`: None for `recordings` in the state folder.
    `longest_min`: a recording that gets longer is continued in a new file as soon as nobody moves. What
    a power cut leaves of a longer one takes more memory to make whole, about 7 MB for a minute.
    `keep_free_mb`: left free on the disk; the oldest recordings are deleted for it, and recording stops
    where that is not enough.
    `keep_days`: recordings of this device older than this are deleted; 0 keeps them all.
    """

    enabled: bool = True
    folder: str | None = None
    longest_min: Annotated[int, Meta(ge=1, le=240)] = 10
    keep_free_mb: Annotated[int, Meta(ge=0, le=1_000_000)] = 500
    keep_days: Annotated[int, Meta(ge=0, le=36_500)] = 30

    def __post_init__(self) -> None:
        _require_absolute("folder", self.folder)


class Mqtt(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The broker. `port` None takes 1883, with TLS 8883. `ca_file` None takes the system's authorities.

    `password_file`: a file that holds nothing but the password. `home_assistant`: whether Home Assistant
    is to find this device; what it has found before is removed when not. `live`: whether the topic `live`
    waits until somebody asks for it, or is always published, for pages that may not ask.
    """

    enabled: bool = True
    live: Literal["asked", "always"] = "asked"
    home_assistant: bool = True
    host: Annotated[str, Meta(min_length=1, max_length=253, pattern=r"^[^\s/]+$")] = "127.0.0.1"
    port: Annotated[int, Meta(ge=1, le=65535)] | None = None
    tls: bool = False
    ca_file: str | None = None
    user: Annotated[str, Meta(min_length=1, max_length=256)] | None = None
    password_file: str | None = None

    def __post_init__(self) -> None:
        _require_absolute("ca_file", self.ca_file)
        if self.password_file is not None and not Path(self.password_file).expanduser().is_absolute():
            # Its value is not shown: it could be the password itself.
            raise ValueError(
                "password_file is no whole path; write the path of a file that holds the password"
            )
        if self.password_file is not None and self.user is None:
            raise ValueError("user is missing; a password_file goes with a user")
        if self.ca_file is not None and not self.tls:
            raise ValueError("tls is false; a ca_file goes with tls = true")

    @property
    def port_in_use(self) -> int:
        """The port to connect to."""
        if self.port is not None:
            return self.port
        return TLS_PORT if self.tls else PLAIN_PORT


class PathSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`state`: folder of calibration, journal and recordings; None as in `places.places_of`."""

    state: str | None = None

    def __post_init__(self) -> None:
        _require_absolute("state", self.state)


class Config(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that can be set."""

    device: Device = Device()
    session: Session = Session()
    sensors: Sensors = Sensors()
    recording: Recording = Recording()
    mqtt: Mqtt = Mqtt()
    dashboard: Dashboard = Dashboard()
    panel: Panel = Panel()
    paths: PathSettings = PathSettings()

    def __post_init__(self) -> None:
        page, tracker = self.dashboard, self.mqtt
        if page.user is not None and page.user == tracker.user:
            raise ValueError(
                "dashboard.user is the tracker's own, so that whoever opens the page could write for the "
                "tracker; give the page a user that only reads"
            )
        if page.password_file is not None and page.password_file == tracker.password_file:
            raise ValueError(
                "dashboard.password_file is the tracker's own; give the page's user another password"
            )
