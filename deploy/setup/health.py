"""Health: whether a release works, before it is used and while it runs."""

import json

from deploy.setup import layout
from deploy.setup.errors import SetupError
from deploy.setup.host import Host, last_line
from deploy.setup.services import units_of

WATCHED_S = 20
"""Longer than the watchdog's 10 s: a tracker that hangs has been killed by then."""

_LEAST_FEEDS = 2
_SHOWN = ("ActiveState", "NRestarts", "Result", "ExecMainStatus", "WatchdogTimestampMonotonic", "StatusText")
_SAFE_MODE = "safe mode"
"""How the status of a tracker begins that runs only to say why it cannot count."""


def unproven(host: Host, name: str) -> str | None:
    """Let a release that is not in use count a recorded set and read the config; return what is wrong."""
    try:
        units_of(host, host.at(f"{layout.RELEASES}/{name}"))
    except SetupError as error:
        return str(error)
    command = f"{layout.RELEASES}/{name}/venv/bin/kickback"
    recording = next(
        host.at(f"{layout.RELEASES}/{name}").glob("venv/lib/*/site-packages/firmware/demo/*.mcap"), None
    )
    if recording is None:
        return "it came without its recorded session"
    path = f"/{recording.relative_to(host.root)}"
    counted = host.run("runuser", "-u", layout.USER, "--", command, "analyze", "--json", path)
    if counted.code:
        return f"it cannot analyze a recording: {last_line(counted)}"
    if '"kickback.rep/' not in counted.out:
        return "it counts no rep in its recorded session"
    examined = host.run(command, "doctor", "--json", "--config", layout.CONFIG)
    try:
        findings = json.loads(examined.out)["findings"]
        wrong = [
            f"{each['part']}: {each['what']}"
            for each in findings
            if each["part"] in ("config", "software") and each["state"] == "wrong"
        ]
    except (ValueError, KeyError, TypeError, RecursionError):
        return f"its doctor cannot be understood: {last_line(examined)}"
    return "; ".join(wrong) or None


def unhealthy(host: Host, seconds: int = WATCHED_S) -> str | None:
    """Start the release in use and watch it; return what is wrong with it.

    Started means that it said so itself, with samples or knowing that no sensor answers. In the time after
    it must not end, not be started anew, and feed its watchdog, which it does only while samples flow.
    """
    host.run("systemctl", "stop", layout.SERVICE)
    host.run("systemctl", "reset-failed", layout.SERVICE)
    # Failed starts of another release are not this one's.
    host.at(layout.STARTS).unlink(missing_ok=True)
    started = host.run("systemctl", "start", layout.SERVICE)
    shown = _shown(host)
    if started.code:
        return f"it did not start ({shown.get('Result')}, exit code {shown.get('ExecMainStatus')})"
    restarts, fed = shown.get("NRestarts"), {shown.get("WatchdogTimestampMonotonic")}
    for _ in range(seconds):
        host.sleep(1.0)
        shown = _shown(host)
        fed.add(shown.get("WatchdogTimestampMonotonic"))
        if shown.get("ActiveState") != "active" or shown.get("NRestarts") != restarts:
            return (
                f"it ended after its start ({shown.get('Result')}, exit code {shown.get('ExecMainStatus')})"
            )
        if shown.get("StatusText", "").startswith(_SAFE_MODE):
            return f"it cannot count: {shown['StatusText']}"
    if len(fed) <= _LEAST_FEEDS:
        return "it does not feed its watchdog: no samples flow through it"
    return None


def _shown(host: Host) -> dict[str, str]:
    shown = host.run("systemctl", "show", layout.SERVICE, *(f"-p{name}" for name in _SHOWN)).out
    return dict(line.split("=", 1) for line in shown.splitlines() if "=" in line)
