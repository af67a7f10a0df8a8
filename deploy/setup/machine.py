"""Machine: what this computer is, and whether Kickback can be set up on it, looked at before any change."""

import os
import platform
import re
import sys
from dataclasses import dataclass

from deploy.setup import layout
from deploy.setup.errors import SetupError
from deploy.setup.host import Host

LEAST_DEBIAN = 12
LEAST_PYTHON = (3, 11)
LEAST_FREE_MB = 700
"""A release takes 200 MB, one more stays beside it, and the system packages take 60."""

_ARCHITECTURES = {"arm64", "amd64"}


@dataclass(frozen=True, slots=True)
class Machine:
    """`model`: as a Raspberry Pi tells, else empty. `debian`: the release's number."""

    model: str
    debian: int
    name: str


def look_at(host: Host, python: tuple[int, ...] = sys.version_info[:2]) -> Machine:
    """Look at the computer; raise SetupError at the first thing for which nothing can be set up here."""
    if host.user_id() != 0:
        raise SetupError("setting up needs root; run it with sudo")
    debian = _debian(host.text("/etc/os-release") or "")
    architecture = host.run("dpkg", "--print-architecture").out.strip()
    if architecture not in _ARCHITECTURES:
        raise SetupError(
            f"this is a {architecture or 'strange'} system; Kickback needs a 64-bit one: "
            "flash Raspberry Pi OS (64-bit)"
        )
    if python < LEAST_PYTHON:
        raise SetupError(f"Python 3.11 or newer is needed, this is {'.'.join(map(str, python))}")
    if re.search(r"^overlayroot / ", host.text("/proc/mounts") or "", re.MULTILINE):
        raise SetupError(
            "the root file system is read-only under an overlay, nothing would stay; "
            "switch the overlay off in raspi-config, restart, and run this again"
        )
    model = (host.text("/proc/device-tree/model") or "").rstrip("\0\n")
    return Machine(model if "Raspberry Pi" in model else "", debian, _name(host))


def require_room(host: Host) -> None:
    """Raise SetupError where a release that is to be built finds no room."""
    free_mb = _free_mb(host)
    if free_mb < LEAST_FREE_MB:
        raise SetupError(f"only {free_mb} MB are free in {layout.OPT}, {LEAST_FREE_MB} are needed; make room")


def _debian(release: str) -> int:
    values = dict(re.findall(r'^([A-Z_]+)="?([^"\n]*)"?$', release, re.MULTILINE))
    number = values.get("VERSION_ID", "")
    what = values.get("PRETTY_NAME", "an unknown system")
    if values.get("ID") not in ("debian", "raspbian"):
        raise SetupError(f"this is {what}; Kickback is set up on Raspberry Pi OS or Debian")
    if not number.isdigit() or int(number) < LEAST_DEBIAN:
        raise SetupError(f"this is {what}; Kickback needs Debian {LEAST_DEBIAN} (Bookworm) or newer")
    return int(number)


def _free_mb(host: Host) -> int:
    folder = host.at(layout.OPT)
    while not folder.exists():
        folder = folder.parent
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize // 1_000_000


def _name(host: Host) -> str:
    return (host.text("/etc/hostname") or "").strip() or platform.node() or "kickback"
