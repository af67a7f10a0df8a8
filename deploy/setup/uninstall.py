"""Uninstall: takes back what install brought, and the data only when its owner says so."""

from deploy.setup import layout
from deploy.setup.accounts import remove_accounts
from deploy.setup.boot import set_boot
from deploy.setup.broker import trackers_of
from deploy.setup.changes import Changes
from deploy.setup.errors import SetupError
from deploy.setup.host import Host
from deploy.setup.packages import remove_packages
from deploy.setup.record import Record
from deploy.setup.services import remove_services


def uninstall(host: Host, *, data: bool | None, dry: bool = False) -> None:
    """Take everything back. `data`: whether config, calibration, journal and recordings go too; None asks.

    Data that stays belongs to root, whose files only root reads; a later install gives it to its user again.
    """
    if host.user_id() != 0:
        raise SetupError("uninstalling needs root; run it with sudo")
    changes, record = Changes(host, dry=dry), Record.of(host)
    if data is None:
        data = _asked(host) if host.ask is not None and not dry else False
    remove_services(changes)
    had_broker = bool(trackers_of(host))
    for config in (layout.BROKER_CONFIG, layout.BROKER_PAGE_CONFIG):
        changes.remove(config)
    changes.remove(layout.BROKER_FOLDER)
    remove_packages(changes, record)
    if had_broker and host.has_systemd and not dry:
        host.run("systemctl", "try-restart", "mosquitto.service")
    restart = set_boot(changes, None)
    changes.remove(layout.SECRETS)
    state = host.at(layout.STATE)
    if data:
        changes.remove(layout.CONFIG)
        changes.remove(layout.STATE)
    elif state.exists() and not dry:
        for path in (state, *state.rglob("*")):
            host.own(path, "root:root")
        state.chmod(0o700)
    remove_accounts(changes, record)
    changes.remove(layout.OPT)
    host.say(f"{changes.count} changes" + ("; nothing was changed" if dry else ""))
    kept = [path for path in (layout.CONFIG, layout.STATE) if host.at(path).exists()]
    if kept and not data:
        host.say(f"Kept: {' and '.join(kept)}; to remove them too, add --delete-data")
    if restart:
        host.say("Restart the computer for the boot settings to hold: sudo reboot")


def _asked(host: Host) -> bool:
    assert host.ask is not None
    answer = host.ask("Delete config, calibration, results and recordings too? [y/N] ")
    return answer.strip().lower() in ("y", "yes")
