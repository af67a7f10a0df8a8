"""The dashboard of the config: where the live page is served and where it finds the broker."""

import re
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

WEBSOCKET_PORT = 9001

# Strict, since it becomes part of the page's content security policy.
_WEBSOCKET = re.compile(r"wss?://([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?(/[A-Za-z0-9._~/-]*)?")


def is_loopback(host: str) -> bool:
    """Whether an address or a name is one that only programs on the same computer reach."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _require_path(name: str, path: str | None, *, secret: bool = False) -> None:
    if path is not None and not Path(path).expanduser().is_absolute():
        shown = "no whole path" if secret else repr(path[:80])
        raise ValueError(f"{name} is {shown}; write the whole path, beginning with / or ~")


class Dashboard(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The page for phone and tablet.

    `bind`: the address it is served at; one beyond this computer lets the network open it.
    `websocket`: where browsers find the broker; None takes the broker of the config at port 9001.
    `user`: the broker's user that reads and writes nothing; None comes without one.
    `password_file`: its password, handed to whoever opens the page; None lets the page ask for it.
    `certificate_file`, `key_file`: serve the page encrypted.
    """

    port: Annotated[int, Meta(ge=1024, le=65535)] = 8080
    bind: Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[^\s/]+$")] = "127.0.0.1"
    websocket: str | None = None
    user: Annotated[str, Meta(min_length=1, max_length=256)] | None = None
    password_file: str | None = None
    certificate_file: str | None = None
    key_file: str | None = None

    def __post_init__(self) -> None:
        require_bindable(self.bind)
        if self.websocket is not None and not is_websocket(self.websocket):
            raise ValueError(
                f"websocket is {self.websocket[:80]!r}; write ws:// or wss:// with the broker's address and "
                'port, for example "wss://gym.local:9001"'
            )
        _require_path("password_file", self.password_file, secret=True)
        _require_path("certificate_file", self.certificate_file)
        _require_path("key_file", self.key_file)
        if self.password_file is not None and self.user is None:
            raise ValueError("user is missing; a password_file goes with a user")
        if (self.certificate_file is None) != (self.key_file is None):
            raise ValueError("key_file and certificate_file go together; one of them is missing")


def is_websocket(text: str) -> bool:
    """Whether a text is the address of a WebSocket and nothing besides."""
    if _WEBSOCKET.fullmatch(text) is None:
        return False
    try:
        return urlsplit(text).port != 0
    except ValueError:
        return False


def require_bindable(bind: str) -> None:
    """Raise ValueError for what is no address of a computer; names are not looked up."""
    if bind == "localhost":
        return
    try:
        ip_address(bind)
    except ValueError:
        raise ValueError(
            f"bind is {bind[:80]!r}; write an address of this computer, for example 192.168.1.20, or 0.0.0.0 "
            "for all"
        ) from None
