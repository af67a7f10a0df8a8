"""Notify: what the service manager is told (systemd's sd_notify protocol), over a datagram socket.

Nothing is sent where no service manager listens, and a message that cannot be delivered is dropped: what
systemd thinks of the service must never stop it. Protocol: sd_notify(3), sd_watchdog_enabled(3).
"""

import os
import socket
from collections.abc import Mapping
from contextlib import suppress

_LONGEST_STATUS = 200


class ServiceManager:
    """The service manager, if there is one.

    `watchdog_s`: it kills the service when nothing was heard of it for so long; None when it does not.
    """

    def __init__(self, environ: Mapping[str, str] = os.environ, process: int | None = None) -> None:
        self._address = _address(environ.get("NOTIFY_SOCKET", ""))
        self.watchdog_s = None if self._address is None else _watchdog_s(environ, process or os.getpid())
        self._status = ""

    @property
    def listens(self) -> bool:
        """Whether there is one."""
        return self._address is not None

    def ready(self) -> None:
        """The service does its work now."""
        self._send("READY=1")

    def alive(self) -> None:
        """The service still does its work; the watchdog begins anew."""
        self._send("WATCHDOG=1")

    def status(self, text: str) -> None:
        """What `systemctl status` shows, one line; sent when it differs from the last."""
        line = " ".join(text.split())[:_LONGEST_STATUS]
        if line != self._status:
            self._status = line
            self._send(f"STATUS={line}")

    def stopping(self) -> None:
        """The service is about to end."""
        self._send("STOPPING=1")

    def _send(self, message: str) -> None:
        if self._address is None:
            return
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as out:
            out.setblocking(False)
            out.sendto(message.encode(), self._address)


def _address(text: str) -> str | None:
    """The socket's address: a path, or a name in the abstract namespace, written with an @ in front."""
    if text.startswith("@"):
        return "\0" + text[1:]
    return text if text.startswith("/") else None


def _watchdog_s(environ: Mapping[str, str], process: int) -> float | None:
    """The watchdog's time; it may be meant for another process, as for the shell that started this one."""
    usec = environ.get("WATCHDOG_USEC", "")
    if environ.get("WATCHDOG_PID", str(process)) != str(process):
        return None
    return int(usec) / 1e6 if usec.isascii() and usec.isdigit() and int(usec) > 0 else None
