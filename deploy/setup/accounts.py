"""Accounts: the user that the services run as, without a login, and the groups that may use the pins."""

from deploy.setup import layout
from deploy.setup.changes import Changes
from deploy.setup.record import Record


def make_accounts(changes: Changes, record: Record) -> None:
    """Let user and groups be there; a group that is missing is made, or the service would not start."""
    host = changes.host
    for group in layout.GROUPS:
        if host.run("getent", "group", group).code:
            record.groups = sorted({*record.groups, group})
            record.keep(changes)
            changes.run(f"make the group {group}", "groupadd", "--system", group)
    if host.run("getent", "passwd", layout.USER).code:
        record.user = True
        record.keep(changes)
        changes.run(
            f"make the user {layout.USER}, without a login",
            *("useradd", "--system", "--user-group", "--no-create-home", "--home-dir", layout.STATE),
            *("--shell", "/usr/sbin/nologin", "--groups", ",".join(layout.GROUPS), layout.USER),
        )
        return
    groups = host.run("id", "-nG", layout.USER).out.split()
    for group in layout.GROUPS:
        if group not in groups:
            changes.run(
                f"let {layout.USER} be of the group {group}", "usermod", "-a", "-G", group, layout.USER
            )


def remove_accounts(changes: Changes, record: Record) -> None:
    """Take back what was made; the user's own group goes with it."""
    host = changes.host
    if record.user and host.run("getent", "passwd", layout.USER).code == 0:
        changes.run(f"remove the user {layout.USER}", "userdel", layout.USER)
    for group in record.groups:
        if host.run("getent", "group", group).code == 0:
            changes.run(f"remove the group {group}", "groupdel", group)
