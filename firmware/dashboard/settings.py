"""Settings: what the page is told when it opens, and under which address and names it is served."""

import socket
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from firmware.config import Config
from firmware.config.dashboard import WEBSOCKET_PORT, is_loopback
from firmware.errors import BadInputError
from firmware.mqtt.broker import handed_over


class PageSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What the page reads from `settings.json`: where the broker is, and as whom to come.

    `device`: the tracker to show first, where several are at the broker.
    """

    schema: str = "kickback.page/1"
    websocket: str
    user: str | None = None
    password: str | None = None
    device: str | None = None


@dataclass(frozen=True, slots=True)
class Serving:
    """Where and how the page is served. `names`: the names it may be asked for under, beside addresses."""

    settings: PageSettings = field(repr=False)
    bind: str
    port: int
    certificate: tuple[Path, Path] | None = None
    names: frozenset[str] = frozenset({"localhost"})

    @property
    def local(self) -> bool:
        """Whether only this computer can open it."""
        return is_loopback(self.bind)


def serving(
    config: Config, *, port: int | None = None, bind: str | None = None, plain: bool = False
) -> Serving:
    """What a config says of the page, and the command's options instead.

    Raise BadInputError where the page could not work: beyond this computer it needs a certificate or
    `plain`, and a broker that is not at the browser's own computer.
    """
    page = config.dashboard
    address = page.bind if bind is None else bind
    websocket = websocket_of(config)
    certificate = None
    if page.certificate_file is not None and page.key_file is not None:
        certificate = _file_of(page.certificate_file), _file_of(page.key_file)
    broker = urlsplit(websocket)
    if not is_loopback(address):
        if is_loopback(broker.hostname or ""):
            raise BadInputError(
                f"a phone would look for the broker at {websocket}, which is itself; set dashboard.websocket "
                "to the broker's address in the network"
            )
        if certificate is None and not plain:
            raise BadInputError(
                f"at {address} everybody in the network could read and change the page on its way; set "
                "dashboard.certificate_file and key_file, or say --plain where that does not matter"
            )
    if certificate is not None and broker.scheme == "ws" and not is_loopback(broker.hostname or ""):
        raise BadInputError(
            f"browsers let an encrypted page use no unencrypted {websocket}; give the broker a listener with "
            "TLS and set dashboard.websocket to its wss:// address"
        )
    settings = PageSettings(
        websocket=websocket, user=page.user, password=_password(page.password_file), device=config.device.id
    )
    host = socket.gethostname().lower()
    names = {"localhost"}
    if not is_loopback(address):
        names |= {host, f"{host}.local", (broker.hostname or host).lower()}
    return Serving(settings, address, page.port if port is None else port, certificate, frozenset(names))


def websocket_of(config: Config) -> str:
    """Where browsers find the broker."""
    if config.dashboard.websocket is not None:
        return config.dashboard.websocket
    host = f"[{config.mqtt.host}]" if ":" in config.mqtt.host else config.mqtt.host
    return f"{'wss' if config.mqtt.tls else 'ws'}://{host}:{WEBSOCKET_PORT}"


def _file_of(file: str) -> Path:
    return handed_over(Path(file).expanduser())


def _password(file: str | None) -> str | None:
    if file is None:
        return None
    try:
        return _file_of(file).read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise BadInputError(f"cannot read the page's password file {file}: {why}") from error
