"""Safe start: what happens when the tracker has failed to start so often that systemd gave up."""

from deploy.setup import layout
from deploy.setup.command import alone
from deploy.setup.host import Host
from deploy.setup.update import settle

PAUSE_S = 300.0
_CONFIG_IS_WRONG = "2"
_UPDATE_S = 300.0
"""Longer than an update watches a version, and the one before after it."""


def start_again(host: Host) -> None:
    """Go back to the version before when this one is on trial; else wait, and let systemd try again.

    A config that cannot be used is not tried again: only its owner can change that. An update that is
    under way decides itself.
    """
    if host.text(layout.TRIAL) is not None:
        settle_alone(host)
        return
    status = host.run("systemctl", "show", layout.SERVICE, "-pExecMainStatus", "--value").out.strip()
    if status == _CONFIG_IS_WRONG:
        host.say(
            f"not tried again: {layout.CONFIG} cannot be used, as journalctl -u kickback says; correct it, "
            "then: sudo systemctl restart kickback"
        )
        return
    host.say(f"failed to start again and again; tried again in {PAUSE_S / 60:.0f} minutes")
    host.sleep(PAUSE_S)
    if host.run("systemctl", "is-failed", "--quiet", layout.SERVICE).code:
        host.say("not tried again: it was started, or stopped, in the meantime")
        return
    host.run("systemctl", "reset-failed", layout.SERVICE)
    host.need("starting again", "systemctl", "start", "--no-block", layout.SERVICE)


def settle_alone(host: Host) -> None:
    """Decide about a version on trial, once an update that may be under way has not decided itself."""
    with alone(host, _UPDATE_S):
        settle(host)
