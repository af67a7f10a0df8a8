"""Ports: which program listens where, as the kernel tells."""

import os

from deploy.setup.host import Host

_LISTENS = "0A"


def listener(host: Host, port: int) -> str | None:
    """The name of the program that listens on a TCP port; None where nobody does."""
    sockets = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in (host.text(table) or "").splitlines()[1:]:
            fields = line.split()
            if fields[3] == _LISTENS and int(fields[1].rpartition(":")[2], 16) == port:
                sockets.add(f"socket:[{fields[9]}]")
    return _owner(host, sockets) if sockets else None


def _owner(host: Host, sockets: set[str]) -> str:
    for process in host.at("/proc").glob("[0-9]*"):
        try:
            if any(os.readlink(each) in sockets for each in (process / "fd").iterdir()):
                return (process / "comm").read_text().strip()
        except OSError:
            continue
    return "another program"
