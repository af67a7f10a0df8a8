"""Update: another release beside the one in use, then the switch, and by itself back when it does not work.

At every moment `current` points to a whole release. While the new one has not shown that it works, the file
`trial` names the old: after a power cut in that time `settle` decides at the next start.
"""

import json

from deploy.setup import layout
from deploy.setup.changes import Changes, point_durably, synchronise, write_durably
from deploy.setup.errors import SetupError
from deploy.setup.health import unhealthy, unproven
from deploy.setup.host import Host
from deploy.setup.releases import in_use, is_whole, prune, switch
from deploy.setup.services import restart_page, set_units


def change_to(changes: Changes, name: str) -> None:
    """Let a whole release be the one in use, if it works; raise SetupError when it does not.

    Where systemd does not run, nothing can be started, and only what can be tried before is.
    """
    host, old = changes.host, in_use(changes.host)
    if old == name or not changes.said(f"use {name}" + ("" if old is None else f" instead of {old}")):
        return
    if (wrong := unproven(host, name)) is not None:
        prune(host)
        still = "nothing is in use yet" if old is None else f"{old} is still in use"
        raise SetupError(f"{name} is not used: {wrong}; {still}")
    if old is None or not host.has_systemd:
        _use(host, name)
        return
    trial = {"old": old, "new": name, "before": in_use(host, layout.PREVIOUS)}
    write_durably(host.at(layout.TRIAL), json.dumps(trial) + "\n")
    _use(host, name)
    host.say("  watching it work ...")
    wrong = unhealthy(host)
    if wrong is not None:
        raise SetupError(f"{name} does not work: {wrong}; {_back(host, old, trial['before'])}")
    _trial_over(host)
    restart_page(host)
    prune(host)


def go_back(changes: Changes) -> None:
    """Use the release before again; raise SetupError where there is none."""
    host = changes.host
    old = in_use(host, layout.PREVIOUS)
    if old is None or not is_whole(host, old) or old == in_use(host):
        raise SetupError("there is no version before this one to go back to")
    if not changes.said(f"use {old} again"):
        return
    _use(host, old)
    if host.has_systemd and (wrong := unhealthy(host)) is not None:
        raise SetupError(
            f"{old} is in use again, and does not work either: {wrong}; see journalctl -u kickback"
        )
    restart_page(host)


def settle(host: Host) -> None:
    """Decide about a release that a power cut left on trial: it works, or the one before is used again."""
    text = host.text(layout.TRIAL)
    if text is None:
        return
    try:
        trial = json.loads(text)
        old, new, before = str(trial["old"]), str(trial["new"]), trial["before"]
    except (ValueError, KeyError, TypeError):
        _trial_over(host)
        return
    name = in_use(host)
    if name != new or not is_whole(host, old):
        _trial_over(host)
        return
    set_units(Changes(host), host.at(f"{layout.RELEASES}/{name}"))
    if (wrong := unhealthy(host)) is None:
        _trial_over(host)
        host.say(f"{new} works")
    else:
        host.say(f"{new} does not work: {wrong}; {_back(host, old, before)}")


def _use(host: Host, name: str) -> None:
    switch(host, name)
    set_units(Changes(host), host.at(f"{layout.RELEASES}/{name}"))


def _back(host: Host, old: str, before: str | None) -> str:
    """Return to the old release, and to the one before it for `go_back`; say how that went."""
    _use(host, old)
    if before is not None and is_whole(host, before):
        point_durably(host.at(layout.PREVIOUS), f"releases/{before}")
    else:
        host.at(layout.PREVIOUS).unlink(missing_ok=True)
    _trial_over(host)
    wrong = unhealthy(host)
    restart_page(host)
    prune(host)
    if wrong is not None:
        return f"{old} is in use again, and does not work either: {wrong}; see journalctl -u kickback"
    return f"{old} is in use again"


def _trial_over(host: Host) -> None:
    trial = host.at(layout.TRIAL)
    trial.unlink(missing_ok=True)
    synchronise(trial.parent)
