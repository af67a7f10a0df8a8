"""Private broker: a mosquitto on loopback for as long as the demo runs."""

import os
import shutil
import socket
import subprocess
import tempfile
from base64 import b64encode
from hashlib import pbkdf2_hmac
from pathlib import Path
from secrets import token_bytes, token_urlsafe
from types import TracebackType
from typing import Self

from firmware.errors import BadInputError, FaultError

_LOOPBACK = "127.0.0.1"
_ROUNDS = 101
_AS_ROOT = "user root\n"
"""Else mosquitto, started by root, could not read the files that only root may."""

_ATTEMPTS = 100
_PAUSE_S = 0.05
_SYSTEM_FOLDERS = ("/usr/sbin", "/usr/local/sbin")


def find_mosquitto() -> Path | None:
    """The installed mosquitto, also where a user's PATH does not look; None when there is none."""
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), *_SYSTEM_FOLDERS])
    found = shutil.which("mosquitto", path=path)
    return Path(found) if found else None


class PrivateBroker:
    """Runs `program` on two loopback ports with a configuration of its own; keeps nothing on disk.

    `port`: the port to listen on, None for any free one; browsers come to `websocket_port` as `page_user`
    with `page_password`, to read and no more, since mosquitto 2.0 opens a WebSocket to the whole network,
    whatever address it is given. Raise BadInputError when that port is in use, FaultError when mosquitto
    does not start.
    """

    page_user = "page"

    def __init__(self, program: Path, port: int | None = None) -> None:
        self._program = program
        self._wanted = port
        self.port = 0
        self.websocket_port = 0
        self.page_password = token_urlsafe(16)
        self._folder = tempfile.TemporaryDirectory(prefix="kickback-broker-")
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def _start(self) -> None:
        self.port = _free_port(self._wanted)
        self.websocket_port = _free_port(None)
        folder = Path(self._folder.name)
        config, report = folder / "mosquitto.conf", folder / "mosquitto.log"
        config.write_text(
            f"per_listener_settings true\npersistence false\n{_AS_ROOT if os.geteuid() == 0 else ''}"
            f"listener {self.port} {_LOOPBACK}\nallow_anonymous true\n"
            f"listener {self.websocket_port} {_LOOPBACK}\nprotocol websockets\nallow_anonymous false\n"
            f"password_file {folder / 'passwords'}\nacl_file {folder / 'acl'}\n",
            encoding="utf-8",
        )
        passwords = folder / "passwords"
        passwords.touch(0o600)
        passwords.write_text(_hashed(self.page_user, self.page_password), encoding="utf-8")
        (folder / "acl").write_text(f"user {self.page_user}\ntopic read kickback/#\n", encoding="utf-8")
        with report.open("wb") as log:
            self._process = subprocess.Popen(
                [self._program, "-c", config],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # Ctrl-C is for the demo, which then says goodbye to the broker before stopping it.
                start_new_session=True,
            )
        for _ in range(_ATTEMPTS):
            if _answers(self.port) and _answers(self.websocket_port):
                return
            try:
                self._process.wait(_PAUSE_S)
            except subprocess.TimeoutExpired:
                continue
            break
        said = report.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        why = said[-1] if said else "it says nothing"
        raise FaultError(f"mosquitto did not start on port {self.port}: {why}; use --no-broker to go without")

    def _stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(2.0)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._folder.cleanup()


def _hashed(user: str, password: str) -> str:
    """A line of mosquitto's password file (`mosquitto_passwd`, PBKDF2 with SHA-512)."""
    salt = token_bytes(12)
    key = pbkdf2_hmac("sha512", password.encode(), salt, _ROUNDS, 64)
    return f"{user}:$7${_ROUNDS}${b64encode(salt).decode()}${b64encode(key).decode()}\n"


def _free_port(wanted: int | None) -> int:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_LOOPBACK, wanted or 0))
        except OSError as error:
            raise BadInputError(
                f"port {wanted} cannot be used ({error.strerror}); choose another with --port or leave it out"
            ) from error
        return int(probe.getsockname()[1])


def _answers(port: int) -> bool:
    try:
        with socket.create_connection((_LOOPBACK, port), timeout=_PAUSE_S):
            return True
    except OSError:
        return False
