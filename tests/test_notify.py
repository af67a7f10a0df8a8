"""The service manager's side of the protocol, played by a real datagram socket."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from firmware.notify import ServiceManager


@contextmanager
def listening_at(address: str) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ours:
        ours.bind(address)
        ours.settimeout(5.0)
        yield ours


def everything_said(manager: ServiceManager, ours: socket.socket) -> list[str]:
    manager.status("counting\nreps")
    manager.ready()
    manager.status("counting reps")
    manager.alive()
    manager.stopping()
    return [ours.recv(4096).decode() for _ in range(4)]


SAID = ["STATUS=counting reps", "READY=1", "WATCHDOG=1", "STOPPING=1"]


def test_a_socket_in_the_file_system(tmp_path: Path) -> None:
    address = str(tmp_path / "notify")
    with listening_at(address) as ours:
        assert everything_said(ServiceManager({"NOTIFY_SOCKET": address}), ours) == SAID


def test_an_abstract_socket() -> None:
    name = f"kickback-test-{os.getpid()}"
    with listening_at(f"\0{name}") as ours:
        assert everything_said(ServiceManager({"NOTIFY_SOCKET": f"@{name}"}), ours) == SAID


def test_a_long_status_is_cut() -> None:
    name = f"kickback-long-{os.getpid()}"
    with listening_at(f"\0{name}") as ours:
        ServiceManager({"NOTIFY_SOCKET": f"@{name}"}).status("x" * 10_000)
        assert ours.recv(4096) == b"STATUS=" + b"x" * 200


@pytest.mark.parametrize("environ", [{}, {"NOTIFY_SOCKET": ""}, {"NOTIFY_SOCKET": "vsock:2:1234"}])
def test_without_a_service_manager_nothing_is_sent(environ: dict[str, str]) -> None:
    manager = ServiceManager(environ | {"WATCHDOG_USEC": "1000000"})
    assert not manager.listens
    assert manager.watchdog_s is None
    manager.ready()


def test_a_service_manager_that_is_gone_stops_nobody(tmp_path: Path) -> None:
    ServiceManager({"NOTIFY_SOCKET": str(tmp_path / "gone")}).ready()


def waiting(ours: socket.socket) -> Iterator[bytes]:
    with suppress(BlockingIOError):
        while True:
            yield ours.recv(64)


def test_one_that_does_not_read_holds_nobody_up(tmp_path: Path) -> None:
    address = str(tmp_path / "notify")
    with listening_at(address) as ours:
        ours.settimeout(0.0)
        manager = ServiceManager({"NOTIFY_SOCKET": address})
        for _ in range(10_000):
            manager.alive()
        assert 0 < sum(1 for _ in waiting(ours)) < 10_000


@pytest.mark.parametrize(
    ("environ", "watchdog_s"),
    [
        ({"WATCHDOG_USEC": "10000000"}, 10.0),
        ({"WATCHDOG_USEC": "10000000", "WATCHDOG_PID": "77"}, 10.0),
        ({"WATCHDOG_USEC": "10000000", "WATCHDOG_PID": "78"}, None),
        ({"WATCHDOG_USEC": "0"}, None),
        ({"WATCHDOG_USEC": "-5"}, None),
        ({"WATCHDOG_USEC": "ten"}, None),
        ({}, None),
    ],
)
def test_whether_there_is_a_watchdog(environ: dict[str, str], watchdog_s: float | None) -> None:
    manager = ServiceManager(environ | {"NOTIFY_SOCKET": "/run/notify"}, process=77)
    assert manager.watchdog_s == watchdog_s
