"""Settings: the config of a new tracker, made from the example that explains every key."""

import re
import tomllib
from dataclasses import dataclass

from deploy.setup import layout
from deploy.setup.errors import SetupError, UsageError
from deploy.setup.host import Host

_NAME = re.compile(r"[a-z0-9_-]{1,32}")
_HERE = ("127.0.0.1", "localhost", "::1")
PAGE_PORT = 8080
LISTENERS = ("dashboard", "homeassistant", "telegraf", "nodered")
"""The users of the broker that are no trackers."""


Values = dict[tuple[str, str], str | int | bool]
"""By section and key."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What of the config matters to the set-up.

    `broker`: its host; None where nothing is published. `page`: whether phones are to have the live page, at
    `page_port`. `brought`: the files from a broker elsewhere that the config names where install puts them.
    """

    name: str
    broker: str | None
    page: bool = False
    page_port: int = PAGE_PORT
    brought: tuple[str, ...] = ()

    @property
    def broker_is_here(self) -> bool:
        """Whether this computer has the broker."""
        return self.broker in _HERE


def tracker_name(text: str) -> str:
    """Check a tracker's name."""
    if not _NAME.fullmatch(text) or text in LISTENERS:
        raise UsageError(
            f"a tracker cannot be named {text!r}; write 1 to 32 of the characters a-z, 0-9, _ and -"
        )
    return text


def name_from(hostname: str) -> str:
    """The name of a tracker that is given none: the computer's, as far as it can be one."""
    fitting = re.sub(r"[^a-z0-9_-]+", "-", hostname.lower().partition(".")[0]).strip("-")[:32]
    return "kickback" if fitting in ("", *LISTENERS) else fitting


def settings_of(host: Host) -> Settings | None:
    """What the config of this computer says; None where there is none."""
    text = host.text(layout.CONFIG)
    if text is None:
        return None
    try:
        values = tomllib.loads(text)
        mqtt = values.get("mqtt", {})
        broker = str(mqtt.get("host", _HERE[0])) if mqtt.get("enabled", True) else None
        dashboard = values.get("dashboard", {})
        page = str(dashboard.get("bind", _HERE[0])) not in _HERE
        named = (mqtt.get("ca_file"), mqtt.get("password_file"))
        return Settings(
            str(values.get("device", {}).get("id", "kickback")),
            broker,
            page,
            int(dashboard.get("port", PAGE_PORT)),
            ()
            if broker in (None, *_HERE)
            else tuple({layout.BROKER_CA, layout.PASSWORD}.intersection(named)),
        )
    except (tomllib.TOMLDecodeError, AttributeError, TypeError, ValueError) as error:
        raise SetupError(
            f"{layout.CONFIG}: cannot be understood ({error}); correct it, or move it away"
        ) from None


def first_config(example: str, settings: Settings, display_bus: int, page_host: str | None) -> str:
    """The example with this tracker's own lines in it.

    `page_host`: the name under which phones find this computer, where they are to have the live page.
    """
    values: Values = {("device", "id"): settings.name, ("paths", "state"): layout.STATE}
    if display_bus != 3:
        values |= {("panel.display", "bus"): display_bus}
    if settings.broker is None:
        return with_values(example, {**values, ("mqtt", "enabled"): False})
    values |= {("mqtt", "user"): settings.name, ("mqtt", "password_file"): layout.PASSWORD}
    if not settings.broker_is_here:
        values |= {
            ("mqtt", "host"): settings.broker,
            ("mqtt", "tls"): True,
            ("mqtt", "ca_file"): layout.BROKER_CA,
        }
    elif page_host is not None:
        values |= page_values(page_host)
    return with_values(example, values)


def page_values(host: str) -> Values:
    """What the config says for phones to have the live page, encrypted."""
    return {
        ("mqtt", "live"): "always",
        ("dashboard", "bind"): "0.0.0.0",
        ("dashboard", "websocket"): f"wss://{host}:9001",
        ("dashboard", "user"): "dashboard",
        ("dashboard", "certificate_file"): layout.PAGE_CERTIFICATE,
        ("dashboard", "key_file"): layout.PAGE_KEY,
    }


def with_values(example: str, values: Values) -> str:
    """Take the # off the lines of these sections and keys, and put the values in."""
    section, left, lines = "", dict(values), []
    for line in example.splitlines():
        if heading := re.match(r"\[(.*)\]$", line):
            section = heading[1]
        entry = re.match(r"# ([a-z_]+) = ", line)
        if entry and (section, entry[1]) in left:
            lines.append(f"{entry[1]} = {written(left.pop((section, entry[1])))}")
        else:
            lines.append(line)
    if left:
        raise SetupError(f"the example config lacks {', '.join('.'.join(key) for key in left)}")
    return "\n".join(lines) + "\n"


def shown(values: Values) -> str:
    """Values in one line, for somebody to write into a config."""
    sections = dict.fromkeys(section for section, _ in values)
    lines = [
        f"[{section}] " + ", ".join(f"{key} = {written(v)}" for (s, key), v in values.items() if s == section)
        for section in sections
    ]
    return " and ".join(lines)


def written(value: str | int | bool) -> str:
    """A value as TOML writes it."""
    if not isinstance(value, str):
        return str(value).lower()
    return '"' + "".join(c if c.isprintable() and c not in '"\\' else f"\\u{ord(c):04x}" for c in value) + '"'
