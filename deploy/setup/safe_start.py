"""Safe start: what happens when the tracker has failed to start so often that systemd gave up."""

import os

from deploy.setup import layout
from deploy.setup.command import require_alone
from deploy.setup.errors import SetupError
from deploy.setup.host import Host
from deploy.setup.update import settle

PAUSE_S = 300.0
_CONFIG_IS_WRONG = "2"


def start_again(host: Host) -> None:
    """Go back to the version before when this one is on trial; else wait, and let systemd try again.

    A config that cannot be used is not tried again: only its owner can change that. While an update is
    under way, that decides.
    """
    try:
        lock = require_alone(host)
    except SetupError:
        host.say("an update is under way and decides what runs")
        return
    if host.text(layout.TRIAL) is not None:
        settle(host)
        return
    status = host.run("systemctl", "show", layout.SERVICE, "-pExecMainStatus", "--value").out.strip()
    if status == _CONFIG_IS_WRONG:
        host.say(
            f"not tried again: {layout.CONFIG} cannot be used, as journalctl -u kickback says; correct it, "
            "then: sudo systemctl restart kickback"
        )
        return
    host.say(f"failed to start again and again; tried again in {PAUSE_S / 60:.0f} minutes")
    os.close(lock)
    host.sleep(PAUSE_S)
    host.run("systemctl", "reset-failed", layout.SERVICE)
    host.need("starting again", "systemctl", "start", "--no-block", layout.SERVICE)
