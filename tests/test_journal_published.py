"""From the journal to a subscriber, while tracker and broker are killed: none lost, order kept.

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

from tests.broker import Mosquitto, Subscriber
from tests.made_journals import everything

EVENTS = int(os.environ.get("KICKBACK_EVENTS", "250"))
EVENTS_PER_KILL = 40
ROOT = Path(__file__).parent.parent


class Coach:
    """A subscriber that comes back to a broker which was killed."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._before: list[int] = []
        self._subscriber = Subscriber(port, "kickback/v1/gym/event/#")

    def return_to_the_broker(self) -> None:
        self._before += self._numbers()
        self._subscriber.close()
        self._subscriber = Subscriber(self._port, "kickback/v1/gym/event/#")

    def _numbers(self) -> list[int]:
        return [json.loads(h.payload)["seq"] for h in list(self._subscriber.heard)]

    def until_heard(self, seqs: set[int]) -> list[int]:
        self._subscriber.until(lambda _: seqs <= {*self._before, *self._numbers()})
        return self._before + self._numbers()

    def close(self) -> None:
        self._subscriber.close()


def test_every_result_arrives_though_tracker_and_broker_are_killed(
    mosquitto: Mosquitto, tmp_path: Path
) -> None:
    path = tmp_path / "gym.sqlite3"
    chance = random.Random(3)
    coach = Coach(mosquitto.port)
    kills, kept, done = 0, 0, False
    try:
        while not done:
            command = [
                sys.executable,
                "-m",
                "tests.publishing_child",
                str(path),
                str(mosquitto.port),
                str(EVENTS),
            ]
            with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as tracker:
                guard = threading.Timer(120.0, tracker.kill)
                guard.start()
                victim, at = chance.choice(["tracker", "broker"]), kept + chance.randint(1, EVENTS_PER_KILL)
                assert tracker.stdout is not None
                for line in tracker.stdout:
                    kept = int(line.split()[1])
                    if kept >= at and victim == "tracker":
                        tracker.kill()
                        kills += 1
                    elif kept >= at:
                        mosquitto.kill()
                        # Whoever is not subscribed gets nothing and asks for it; this coach is.
                        tracker.send_signal(signal.SIGSTOP)
                        mosquitto.start()
                        coach.return_to_the_broker()
                        tracker.send_signal(signal.SIGCONT)
                        kills += 1
                        victim, at = "tracker", kept + chance.randint(1, EVENTS_PER_KILL)
                guard.cancel()
            done = tracker.returncode == 0
        assert kills > EVENTS // EVENTS_PER_KILL // 2
        entries, opened = everything(path)
        seqs = [entry.seq for entry in entries]
        assert seqs == list(range(1, len(seqs) + 1))
        assert len(seqs) >= EVENTS
        assert opened.notes == ()
        heard = coach.until_heard(set(seqs))
    finally:
        coach.close()
    assert set(heard) == set(seqs)
    first_heard = list(dict.fromkeys(heard))
    assert first_heard == sorted(first_heard), "the order is that of the journal"
