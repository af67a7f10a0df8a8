"""From the journal to a subscriber, while tracker and broker are killed: none lost, no number used twice.

What was confirmed, what a subscriber heard and what the journal has at the end are held against each other
by number and check sum.

`KICKBACK_EVENTS=3000 pytest tests/test_journal_published.py` is the full campaign.
"""

import json
import os
import random
import signal
import subprocess
import sys
import threading
from pathlib import Path
from zlib import crc32

import pytest

from tests.broker import Mosquitto, Subscriber
from tests.made_journals import everything

EVENTS = int(os.environ.get("KICKBACK_EVENTS", "180"))
EVENTS_PER_KILL = 60
ROOT = Path(__file__).parent.parent
EVENT, REPLAY = "kickback/v1/gym/event/rep", "kickback/v1/gym/cmd/replay"


class Coach:
    """A subscriber as `docs/mqtt.md` wants it: keeps ids, and asks for the numbers that are missing.

    `heard`: number and check sum of each message, in the order in which they came.

    What mosquitto had acknowledged and not yet passed on dies with it; nobody but the tracker has it.
    """

    def __init__(self, port: int) -> None:
        self._port = port
        self.heard: list[tuple[int, int]] = []
        self.asked_for: set[int] = set()
        self.heard_before_a_broker_died: int | None = None
        self._subscriber = Subscriber(port, EVENT)

    def return_to_the_broker(self) -> None:
        self._subscriber.close()
        self.heard += self._results()
        if self.heard_before_a_broker_died is None:
            self.heard_before_a_broker_died = len(self.heard)
        self._subscriber = Subscriber(self._port, EVENT)

    def _results(self) -> list[tuple[int, int]]:
        return [(json.loads(h.payload)["seq"], crc32(h.payload)) for h in list(self._subscriber.heard)]

    def until_heard(self, last_seq: int) -> None:
        pause = threading.Event()
        for attempt in range(3000):
            heard = {seq for seq, _ in (*self.heard, *self._results())}
            missing = sorted(set(range(1, last_seq + 1)) - heard)
            if not missing:
                return
            if attempt % 100 == 99:
                last = next(seq for seq in missing if seq + 1 not in missing)
                self.asked_for |= set(range(missing[0], last + 1))
                request = {"from_seq": missing[0], "to_seq": last}
                self._subscriber._client.publish(REPLAY, json.dumps(request), qos=1)
            pause.wait(0.02)
        raise AssertionError(f"never heard {missing}")

    def close(self) -> None:
        self._subscriber.close()
        self.heard += self._results()


@pytest.mark.fault(28, 46)
def test_every_result_arrives_though_tracker_and_broker_are_killed(
    mosquitto: Mosquitto, tmp_path: Path
) -> None:
    path, stop = tmp_path / "gym.sqlite3", tmp_path / "gym.sqlite3.stop"
    chance = random.Random(7)
    coach = Coach(mosquitto.port)
    killed = {"tracker": 0, "broker": 0}
    confirmed: set[tuple[int, int]] = set()
    kept, done = 0, False
    command = [sys.executable, "-m", "tests.publishing_child", str(path), str(mosquitto.port), str(EVENTS)]
    try:
        while not done:
            with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as tracker:
                guard = threading.Timer(300.0, tracker.kill)
                guard.start()
                if kept >= EVENTS:
                    coach.until_heard(kept)
                    stop.touch()
                victim, at = chance.choice(["tracker", "broker"]), kept + chance.randint(1, EVENTS_PER_KILL)
                assert tracker.stdout is not None
                for line in tracker.stdout:
                    kept, *crc = map(int, line.split())
                    confirmed |= {(kept, one) for one in crc}
                    if tracker.returncode is not None:
                        continue  # what it had said before it was killed
                    if kept >= at and victim == "tracker":
                        tracker.kill()
                        tracker.wait()
                        killed["tracker"] += 1
                    elif kept >= at:
                        mosquitto.kill()
                        killed["broker"] += 1
                        tracker.send_signal(signal.SIGSTOP)
                        mosquitto.start()
                        coach.return_to_the_broker()
                        tracker.send_signal(signal.SIGCONT)
                        victim, at = "tracker", kept + chance.randint(1, EVENTS_PER_KILL)
                    if kept >= EVENTS and tracker.returncode is None:
                        coach.until_heard(kept)
                        stop.touch()
                guard.cancel()
            done = tracker.returncode == 0
    finally:
        coach.close()
    entries, opened = everything(path)
    kept_at_last = {(entry.seq, crc32(entry.payload)) for entry in entries}
    assert min(killed.values()) >= max(1, EVENTS // EVENTS_PER_KILL // 4)
    assert opened.notes == ()
    assert len(entries) >= EVENTS
    assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))
    # A number that two results had is in one of these with two check sums, of which the journal has one.
    assert confirmed - kept_at_last == set(), "confirmed and lost, or its number was used again"
    assert set(coach.heard) == kept_at_last
    # Not confirmed any more, or not read any more, is what a kill comes in between of.
    assert len(confirmed) >= 0.8 * len(entries)
    # What dies with a broker comes later than what follows it; a tracker alone changes no order.
    in_order = list(dict.fromkeys(seq for seq, _ in coach.heard[: coach.heard_before_a_broker_died]))
    assert in_order == sorted(in_order)
    print(f"{len(coach.asked_for)} asked for again,", end=" ")
    print(f"{len(entries)} results, {len(confirmed)} confirmed, {killed},", end=" ")
    print(f"{len(coach.heard) - len(entries)} heard more than once")
