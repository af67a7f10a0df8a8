"""A result's way from the journal to a subscriber, step by step: disk, link, broker and kills by hand."""

import json
import shutil
from pathlib import Path

import pytest

from firmware.journal.file import JournalFile
from firmware.journal.journal import Journal
from firmware.mqtt.broker import Broker
from firmware.mqtt.link import Link
from firmware.mqtt.pace import Pace
from firmware.mqtt.publisher import Publisher
from firmware.mqtt.retained import info_of
from firmware.mqtt.topics import Topics
from firmware.panel.view import PanelView
from tests.made_events import rep
from tests.made_journals import TS, FailingDisk, everything
from tests.test_journal import LOOSE
from tests.wire import Wire
from tracker.setup import SessionSetup

INFO = info_of("gym", replay=False, simulated=False, capabilities=("cable",))
VIEW = PanelView.of(SessionSetup(session="monday", leg="left"))


class Stepped(Journal):
    """A journal without a thread: it works when it is told to."""

    def begin(self) -> None:
        self._lock.take()

    def work(self) -> bool:
        """Do what is due, once; False when there was nothing to do, or the disk failed."""
        due = not self._writer.is_open or self._something_to_do()
        try:
            self._pass()
        except Exception as error:
            self._fail(error)
            return False
        return due

    def _step(self) -> bool:
        return self._something_to_do() and super()._step()

    def end(self) -> None:
        """Write what is left, as a stop does, and give the file back."""
        self._closing = True
        self.work()
        self.work()
        self._writer.close()
        self._lock.release()


class Delivery:
    """One device and one broker. `told`: what was confirmed, by number; `refused`: what the broker refused.

    Each method without a result is something that may happen at any time.
    """

    def __init__(self, folder: Path, patched: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.path = folder / "0" / "gym.sqlite3"
        self.path.parent.mkdir()
        self.disk = FailingDisk(patched)
        self.wire = Wire(patched)
        self.now_s = 1000.0
        self.lives = self.results = 0
        self.told: dict[int, bytes] = {}
        self.refused: set[int] = set()
        self.start()

    def start(self) -> None:
        """The process begins, with what is on the disk."""
        self.journal = Stepped(self.path, "gym", clock=self.clock)
        self.journal.begin()
        self.link = Link(Broker("127.0.0.1", 1883), "gym", self.clock)
        pace = Pace(clock=self.clock)
        topics = Topics("gym")
        self.publisher = Publisher(self.link, topics, INFO, VIEW, self.journal, None, pace, self.clock)
        self.link.open()

    def clock(self) -> float:
        return self.now_s

    def results_come(self, number: float) -> None:
        self.journal.note(LOOSE, TS, True)
        for _ in range(int(number)):
            self.results += 1
            self.journal.keep(rep(self.results), TS, True)

    def the_device_runs(self) -> None:
        for _ in range(3):
            while self.journal.work():
                pass
            self.results_are_confirmed()
            self.the_loop_turns()

    def all_goes_well(self) -> None:
        self.wire.connect()
        self.the_device_runs()
        self.the_broker_takes(30)
        self.answers_arrive(30)

    def the_disk_works(self) -> None:
        self.journal.work()

    def the_disk_is_full(self) -> None:
        self.disk.full = True

    def the_disk_breaks(self) -> None:
        self.disk.broken = True

    def the_disk_takes_again(self) -> None:
        self.disk.full = self.disk.broken = False

    def results_are_confirmed(self) -> None:
        kept = self.journal.kept()
        for one in kept:
            if one.saved:
                assert one.envelope.seq not in self.told, "a number was used twice"
                assert one.envelope.seq > max(self.told, default=0)
                self.told[one.envelope.seq] = one.payload
            self.publisher.result(one)

    def the_loop_turns(self) -> None:
        self.publisher.at(self.now_s)

    def the_broker_takes(self, number: float) -> None:
        for _ in range(int(number)):
            self.wire.broker_takes()

    def the_broker_refuses(self) -> None:
        while self.wire.there and not self.wire.there[0].is_result:
            self.wire.broker_takes()
        if self.wire.there:
            self.refused.add(json.loads(self.wire.there[0].payload)["seq"])
            self.wire.broker_takes("Quota exceeded")

    def answers_arrive(self, number: float) -> None:
        for _ in range(int(number)):
            self.wire.answer_arrives()

    def the_connection_comes(self) -> None:
        self.wire.connect()

    def the_connection_breaks(self) -> None:
        self.wire.reset()

    def the_client_dies(self) -> None:
        self.wire.client_dies()

    def time_passes(self, seconds: float) -> None:
        self.now_s += seconds

    def it_is_killed(self) -> None:
        """What was in memory is gone; the files are as they were at that moment."""
        self.lives += 1
        left = self.folder / str(self.lives) / self.path.name
        left.parent.mkdir()
        for name in ("", "-wal", ".mark"):
            if (file := self.path.with_name(self.path.name + name)).exists():
                shutil.copy(file, left.parent)
        self.journal._writer.close()
        self.journal._lock.release()
        self.path = left
        self.wire.part()
        self.start()

    def it_is_stopped(self) -> None:
        self.journal.end()
        self.wire.part()
        self.start()

    def heard_in_order(self) -> list[int]:
        """Numbers in the order in which each was first heard; what was refused comes later, and not here."""
        seqs = [json.loads(payload)["seq"] for payload in self.wire.heard]
        return [seq for seq in dict.fromkeys(seqs) if seq not in self.refused]

    def all_is_well_again(self) -> None:
        """Disk and broker take everything, until nothing waits any more."""
        self.the_disk_takes_again()
        for _ in range(200 + self.results):
            self.all_goes_well()
            status = self.journal.status
            if self.journal._writer.is_open and not (status.backlog or status.refused):
                return
            self.now_s += 31.0
        raise AssertionError(f"never delivered: {self.journal.status}")

    def everything_is_there_and_was_heard(self) -> None:
        self.journal.end()
        entries, opened = everything(self.path)
        file = JournalFile(self.path)
        settled = (file.delivered_seq, file.refused)
        file.close()
        kept = {entry.seq: entry.payload for entry in entries}
        assert list(kept) == list(range(1, len(kept) + 1))
        assert opened.notes == ()
        assert settled == (len(kept), {}), "what is settled would be offered again"
        assert self.told.items() <= kept.items()
        heard = {json.loads(payload)["seq"]: payload for payload in self.wire.heard}
        assert heard == kept
        assert set(self.wire.heard) == set(kept.values()), "a number had two results"

    def close(self) -> None:
        self.journal._writer.close()
        self.journal._lock.release()
