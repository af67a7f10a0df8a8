"""Broker: where to publish and as whom."""

import os
import ssl
from dataclasses import dataclass, field
from pathlib import Path

from firmware.errors import BadInputError

DEFAULT_PORT = 1883


@dataclass(frozen=True, slots=True)
class Broker:
    """An MQTT broker. The password is never shown. `tls`: how to know the broker; None is not encrypted."""

    host: str = "127.0.0.1"
    port: int = DEFAULT_PORT
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: ssl.SSLContext | None = field(default=None, repr=False, compare=False)

    def __str__(self) -> str:
        """`host:port`, an IPv6 address in brackets."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def broker_at(text: str, username: str | None = None, password_file: Path | None = None) -> Broker:
    """Read `HOST`, `HOST:PORT` or `[IPV6]:PORT`; the password comes from a file.

    Others can read an environment, so that none is taken from there. Raise BadInputError for what cannot be
    a broker's address or a readable password.
    """
    host, port = _split(text)
    password = _password(password_file)
    if password is not None and username is None:
        raise BadInputError("a broker password was given without a user name; add --username")
    return Broker(host, port, username, password)


def tls_context(ca_file: Path | None = None) -> ssl.SSLContext:
    """Trust the authority in a file, or those that the system trusts; the broker's name must fit too.

    Raise BadInputError when the file cannot be used.
    """
    try:
        return ssl.create_default_context(cafile=None if ca_file is None else str(ca_file))
    except OSError as error:
        why = error.strerror or str(error)
        raise BadInputError(f"cannot use the certificates in {ca_file}: {why}") from error


def handed_over(file: Path) -> Path:
    """Where to read a secret: the service manager's copy of the same name (LoadCredential), if there is one.

    The file itself may be root's alone.
    """
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    copy = file if folder is None else Path(folder) / file.name
    return copy if copy.is_file() else file


def _split(text: str) -> tuple[str, int]:
    wrong = BadInputError(
        f"broker {text!r} cannot be used; write HOST or HOST:PORT, for example 192.168.1.20:1883"
    )
    if text.startswith("["):
        host, bracket, rest = text[1:].partition("]")
        if not bracket or (rest and not rest.startswith(":")):
            raise wrong
        port_text = rest[1:] if rest else str(DEFAULT_PORT)
    elif text.count(":") > 1:
        host, port_text = text, str(DEFAULT_PORT)
    else:
        host, colon, port_text = text.partition(":")
        port_text = port_text if colon else str(DEFAULT_PORT)
    if not host or any(char.isspace() or char == "/" for char in host) or not _resolvable(host):
        raise wrong
    if not (port_text.isascii() and port_text.isdigit()) or not 1 <= int(port_text) <= 65535:
        raise wrong
    return host, int(port_text)


def _resolvable(host: str) -> bool:
    """A name the resolver can be asked for; any other would raise in the client's own thread."""
    try:
        host.encode("idna")
    except UnicodeError:
        return False
    return True


def _password(file: Path | None) -> str | None:
    if file is None:
        return None
    try:
        return handed_over(file).read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise BadInputError(f"cannot read the password file {file}: {why}") from error
