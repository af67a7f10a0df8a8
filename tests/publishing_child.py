"""A tracker in small, to be killed: `python -m tests.publishing_child JOURNAL PORT EVENTS`.

Keeps results until so many are on the disk, over all its lives, publishes them, and does what
`cmd/replay` asks until a file `JOURNAL.stop` is there. Prints `SEQ` of the newest result that it found, and
`SEQ CRC` of each that is confirmed. No results of two lives have the same bytes: a number used twice shows.
"""

import os
import sys
from functools import partial
from pathlib import Path
from zlib import crc32

from firmware.journal.journal import Journal
from firmware.mqtt.broker import Broker
from firmware.mqtt.commands import action
from firmware.mqtt.desk import CommandDesk
from firmware.mqtt.link import Link
from firmware.mqtt.pace import Pace
from firmware.mqtt.publisher import Publisher
from firmware.mqtt.retained import info_of
from firmware.mqtt.topics import Topics
from firmware.mqtt.verbs import Replay
from firmware.panel.view import PanelView
from tests.broker import LOOPBACK
from tests.made_events import rep
from tracker.setup import SessionSetup


def again(publisher: Publisher, command: Replay) -> str | None:
    return None if publisher.replay(command.from_seq, command.to_seq) else "no"


def main() -> None:
    path, port, events = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    journal = Journal(path, "gym")
    journal.start()
    link = Link(Broker(LOOPBACK, port), "gym")
    info = info_of("gym", replay=False, simulated=False, capabilities=())
    view = PanelView.of(SessionSetup(session="monday"))
    publisher = Publisher(link, Topics("gym"), info, view, journal, journal, Pace(100, 1000.0))
    desk = CommandDesk(link, Topics("gym"), {"replay": action(Replay, partial(again, publisher))})
    link.open()
    number, life, opened = 0, f"life {os.getpid()}", False
    while not (journal.status.last_seq >= events and os.path.exists(f"{path}.stop")):
        status = journal.status
        if status.ready and not opened:
            opened = True
            os.write(1, f"{status.last_seq}\n".encode())
        if status.ready and status.last_seq + status.unsaved < events:
            number += 1
            journal.keep(rep(number, session=life), "2026-05-01T17:30:16.000Z", True)
        for numbered in journal.kept(0.005):
            if numbered.saved:
                os.write(1, f"{numbered.envelope.seq} {crc32(numbered.payload)}\n".encode())
            publisher.result(numbered)
        publisher.at(0.0)
        desk.at(0.0)
        link.wait(0.002)
    link.close()
    journal.close()


if __name__ == "__main__":
    main()
