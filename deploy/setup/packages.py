"""Packages: what Debian must bring, and what of it was not there before."""

from collections.abc import Sequence

from deploy.setup.changes import Changes
from deploy.setup.errors import SetupError
from deploy.setup.host import Host, last_line
from deploy.setup.record import Record

_APT = ("apt-get", "-qq", "-o", "DPkg::Lock::Timeout=120", "-o", "APT::Update::Error-Mode=any")
_QUIET = ("env", "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C.UTF-8")


def installed(host: Host) -> set[str]:
    """Every package that is there."""
    listed = host.need("listing packages", "dpkg-query", "-W", "-f", "${db:Status-Abbrev} ${Package}\\n")
    return {line.split()[1] for line in listed.splitlines() if line.startswith("ii")}


def install_packages(
    changes: Changes, record: Record, names: Sequence[str], wished: Sequence[str] = ()
) -> None:
    """Let `names` be installed, and of `wished` those that Debian's lists have; note what that brought."""
    host = changes.host
    before = installed(host)
    missing = [name for name in names if name not in before]
    lacking = [name for name in wished if name not in before]
    if not missing and not lacking:
        return
    if not changes.said(f"install the system packages {' '.join([*missing, *lacking])}"):
        return
    updated = host.run(*_QUIET, *_APT, "update")
    if updated.code:
        if missing:
            raise SetupError(
                f"package lists cannot be fetched ({last_line(updated)}); "
                "see that this computer reaches the network"
            )
        lacking = []
    for name in lacking:
        if host.run(*_QUIET, "apt-cache", "show", name).code == 0:
            missing.append(name)
        else:
            host.say(f"  {name} is not to be had here; buttons, buzzer and lamp stay off")
    if missing:
        host.need(
            "installing system packages",
            *(*_QUIET, *_APT, "install", "-y", "--no-install-recommends"),
            *missing,
        )
        record.packages = sorted({*record.packages, *(installed(host) - before)})
        record.keep(changes)


def remove_packages(changes: Changes, record: Record) -> None:
    """Take the packages back that the set-up brought, unless something else needs one by now."""
    host = changes.host
    ours = sorted(set(record.packages) & installed(host))
    if not ours:
        return
    tried = host.run(*_QUIET, *_APT, "-s", "purge", *ours)
    going = {line.split()[1] for line in tried.out.splitlines() if line.startswith(("Purg ", "Remv "))}
    if tried.code or not going <= set(ours):
        others = ", ".join(sorted(going - set(ours))) or "something"
        host.say(f"  the packages {' '.join(ours)} stay: {others} needs them")
        return
    changes.run(f"remove the system packages {' '.join(ours)}", *_QUIET, *_APT, "purge", "-y", *ours)
