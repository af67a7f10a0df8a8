"""Every state in which a power cut may leave a disk, made from what a program did to its files.

A synchronised file has what was written to it and, as on ext4 and its like, the names made so far; of what
came later any part may be missing: all of it, some writes, some sectors of a write. Names are made in order.
A kill loses nothing that was written.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.crash_trace import Cut, Opened, Removed, Renamed, Said, Step, Synchronised, Written

SECTOR = 512


@dataclass(slots=True)
class _File:
    """What is safe of a file, and what was done to it since."""

    safe: bytes = b""
    since: list[Written | Cut] = field(default_factory=list)


@dataclass(slots=True)
class _Disk:
    """`names` as the program sees them; `history`: as they were when last safe, and at each change since."""

    names: dict[Path, _File] = field(default_factory=dict)
    history: list[dict[Path, _File]] = field(default_factory=lambda: [{}])

    def do(self, step: Step) -> None:
        match step:
            case Opened(path, empty):
                if path not in self.names:
                    self.names[path] = _File()
                    self.history.append(dict(self.names))
                elif empty:
                    self.names[path].since.append(Cut(path, 0))
            case Written(path) | Cut(path):
                self.names[path].since.append(step)
            case Synchronised(path):
                if path in self.names:
                    file = self.names[path]
                    file.safe, file.since = _done(file.safe, file.since), []
                self.history = [dict(self.names)]
            case Renamed(path, to):
                self.names[to] = self.names.pop(path)
                self.history.append(dict(self.names))
            case Removed(path):
                self.names.pop(path, None)
                self.history.append(dict(self.names))
            case Said():
                pass


@dataclass(frozen=True, slots=True)
class CrashState:
    """Files as they are found after a crash, and what the program had said before it."""

    after_step: int
    kind: str
    files: dict[Path, bytes]
    said: str


def crash_states(steps: Sequence[Step], seed: int, torn_each: int) -> Iterator[CrashState]:
    """Yield the states after each step: killed, everything not synchronised lost, `torn_each` in between."""
    rng = random.Random(seed)
    disk = _Disk()
    said = ""
    for number, step in enumerate(steps):
        disk.do(step)
        if isinstance(step, Said):
            said += step.text
        whole = {path: _done(file.safe, file.since) for path, file in disk.names.items()}
        yield CrashState(number, "killed", whole, said)
        safe = {path: file.safe for path, file in disk.history[0].items()}
        yield CrashState(number, "lost", safe, said)
        for _ in range(torn_each):
            names = rng.choice(disk.history)
            torn = {path: _done(file.safe, _some(file.since, rng)) for path, file in names.items()}
            yield CrashState(number, "torn", torn, said)


def lay_out(state: CrashState, folder: Path, there: Path) -> None:
    """Write the files of a state, which were those of `folder`, to the empty folder `there`."""
    for path, data in state.files.items():
        (there / path.relative_to(folder)).write_bytes(data)


def _done(data: bytes, steps: Sequence[Written | Cut]) -> bytes:
    content = bytearray(data)
    for step in steps:
        match step:
            case Written(_, at, new):
                content.extend(bytes(max(0, at - len(content))))
                content[at : at + len(new)] = new
            case Cut(_, length):
                del content[length:]
                content.extend(bytes(length - len(content)))
    return bytes(content)


def _some(steps: Sequence[Written | Cut], rng: random.Random) -> list[Written | Cut]:
    """Leave out some steps, and of some writes some sectors."""
    kept: list[Written | Cut] = []
    for step in steps:
        fate = rng.random()
        if fate < 0.4:
            kept.append(step)
        elif fate < 0.7 and isinstance(step, Written):
            for start in range(0, len(step.data), SECTOR):
                if rng.random() < 0.5:
                    kept.append(Written(step.path, step.at + start, step.data[start : start + SECTOR]))
    return kept
