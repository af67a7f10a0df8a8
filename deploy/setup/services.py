"""Services: the units of a release, in systemd's folder, and the commands that people type."""

import re
from pathlib import Path

from deploy.setup import layout
from deploy.setup.changes import Changes
from deploy.setup.errors import SetupError
from deploy.setup.host import Host

_BACKOFF_SINCE = 254
"""The systemd that knows RestartSteps; Bookworm's 252 would complain of it."""

_PAGE = "kickback-dashboard.service"
_PAGE_S = 4.0
"""Longer than a Pi takes to read the config and the certificate; shorter than RestartSec of the unit."""

_WITH_THE_COMPUTER = (layout.SERVICE, "kickback-settle.service")
_UPDATE = """\
#!/bin/sh
# Updates Kickback, or goes back: kickback-update --help
release=$(readlink -f {current}) || exit 1
PYTHONPATH=$release exec /usr/bin/python3 -P -B -s -m deploy.setup.updating "$@"
"""


def units_of(host: Host, release: Path) -> dict[str, str]:
    """The files that a release wants in systemd's folder, by path; some only a newer systemd knows.

    Raise SetupError where one cannot be read as text.
    """
    folder = release / "deploy" / "systemd"
    files = {
        f"{layout.UNIT_FOLDER}/{each.name}": _text(each) for each in sorted(folder.glob("kickback*.service"))
    }
    found = re.match(r"systemd (\d+)", host.run("systemctl", "--version").out)
    if found is not None and int(found[1]) >= _BACKOFF_SINCE:
        backoff = _text(folder / "kickback-backoff.conf")
        files[f"{layout.UNIT_FOLDER}/{layout.SERVICE}.d/backoff.conf"] = backoff
    return files


def _text(unit: Path) -> str:
    try:
        return unit.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise SetupError(f"{unit}: is no unit that systemd could read") from None


def set_units(changes: Changes, release: Path) -> None:
    """Let systemd know the units of a release, and no others of ours."""
    wanted = units_of(changes.host, release)
    count = changes.count
    for path in our_units(changes.host):
        if path not in wanted:
            changes.remove(path)
    for path, text in wanted.items():
        changes.file(path, text)
    if changes.count > count and changes.host.has_systemd and not changes.dry:
        changes.host.need("telling systemd of the units", "systemctl", "daemon-reload")


def our_units(host: Host) -> list[str]:
    """The paths of our units that are in systemd's folder."""
    folder = host.at(layout.UNIT_FOLDER)
    found = [*folder.glob("kickback*.service"), *folder.glob(f"{layout.SERVICE}.d/*.conf")]
    return [f"/{path.relative_to(host.root)}" for path in sorted(found)]


def set_surroundings(changes: Changes, release: Path) -> None:
    """Let the commands be found, the buses have their device files, and the log keep within its size."""
    changes.link(layout.COMMAND, f"{layout.CURRENT}/venv/bin/kickback")
    changes.file(layout.UPDATE_COMMAND, _UPDATE.format(current=layout.CURRENT), mode=0o755)
    changes.file(layout.MODULES, "i2c-dev\n")
    count = changes.count
    changes.file(layout.JOURNALD, (release / "deploy" / "systemd" / "journald.conf").read_text())
    if changes.count > count and changes.host.has_systemd:
        changes.run("let journald read its settings", "systemctl", "restart", "systemd-journald.service")


def enable(changes: Changes, *, page: bool) -> None:
    """Let the services start with the computer."""
    for unit in (*_WITH_THE_COMPUTER, *([_PAGE] if page else [])):
        if changes.host.run("systemctl", "is-enabled", "--quiet", unit).code:
            changes.run(f"let {unit} start with the computer", "systemctl", "enable", "--quiet", unit)


def restart_page(host: Host) -> None:
    """Let the page, where it is wanted, come from the release in use."""
    if host.has_systemd and host.run("systemctl", "is-enabled", "--quiet", _PAGE).code == 0:
        host.run("systemctl", "restart", _PAGE)


def start_page(changes: Changes) -> None:
    """Let the page run where it does not; raise SetupError where it ends again."""
    host = changes.host
    if not host.has_systemd or _page_runs(host) or not changes.said(f"start {_PAGE}"):
        return
    restart_page(host)
    host.sleep(_PAGE_S)
    if not _page_runs(host):
        raise SetupError(
            "Kickback was installed, but the page does not run; see journalctl -u kickback-dashboard"
        )


def _page_runs(host: Host) -> bool:
    return host.run("systemctl", "is-active", "--quiet", _PAGE).code == 0


def remove_services(changes: Changes) -> None:
    """Stop everything and take it away."""
    units = [Path(path).name for path in our_units(changes.host) if path.endswith(".service")]
    if units and changes.host.has_systemd:
        changes.run(f"stop {' '.join(units)}", "systemctl", "stop", *units)
    for unit in units:
        if changes.said(f"let {unit} no longer start with the computer"):
            changes.host.run("systemctl", "disable", "--quiet", unit)
    for path in our_units(changes.host):
        changes.remove(path)
    changes.remove(f"{layout.UNIT_FOLDER}/{layout.SERVICE}.d")
    for path in (layout.COMMAND, layout.UPDATE_COMMAND, layout.MODULES, layout.JOURNALD):
        changes.remove(path)
    changes.remove_if_empty(str(Path(layout.JOURNALD).parent))
    if changes.host.has_systemd and not changes.dry:
        changes.host.run("systemctl", "daemon-reload")
        changes.host.run("systemctl", "restart", "systemd-journald.service")
