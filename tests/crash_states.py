"""Every state in which a power cut may leave a disk, made from what a program did to its files.

A synchronised file has what was written to it; of what came later any part may be missing: all of it, some
writes, some sectors of a write. On a disk like ext4 it has the names made so far, too, and names are made in
order. On a strict one, as POSIX allows, a name that was made, changed or removed is safe only once its folder
is synchronised, and each name by itself may be missing until then. A kill loses nothing that was written.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.crash_trace import Cut, Opened, Removed, Renamed, Said, Step, Synchronised, Written

SECTOR = 512
RENAMED_EACH = 8
"""So many torn states more after each renaming on a strict disk, where any of the names may be old or new."""


@dataclass(slots=True)
class _File:
    """What is safe of a file, and what was done to it since."""

    safe: bytes = b""
    since: list[Written | Cut] = field(default_factory=list)


Names = dict[Path, _File]


@dataclass(slots=True)
class _Disk:
    """`names` as the program sees them; `safe`: those that are; `changes`: made since, in order.

    `strict`: what makes names safe, see the top of this file.
    """

    strict: bool
    names: Names = field(default_factory=dict)
    safe: Names = field(default_factory=dict)
    changes: list[dict[Path, _File | None]] = field(default_factory=list)

    def do(self, step: Step) -> None:
        match step:
            case Opened(path, empty):
                if path not in self.names:
                    self._name({path: _File()})
                elif empty:
                    self.names[path].since.append(Cut(path, 0))
            case Written(path) | Cut(path):
                self.names[path].since.append(step)
            case Synchronised(path):
                if path in self.names:
                    file = self.names[path]
                    file.safe, file.since = _done(file.safe, file.since), []
                if path not in self.names or not self.strict:
                    self.safe, self.changes = dict(self.names), []
            case Renamed(path, to):
                self._name({path: None, to: self.names[path]})
            case Removed(path):
                self._name({path: None})
            case Said():
                pass

    def torn_names(self, rng: random.Random) -> Names:
        """Names as they may be found: those that are safe, and some of the changes since."""
        some = self.changes[: rng.randint(0, len(self.changes))]
        if self.strict:
            some = [change for change in self.changes if rng.random() < 0.5]
        names = dict(self.safe)
        for change in some:
            _change(names, change)
        return names

    def _name(self, change: dict[Path, _File | None]) -> None:
        _change(self.names, change)
        self.changes.append(change)


def _change(names: Names, change: dict[Path, _File | None]) -> None:
    for path, file in change.items():
        if file is None:
            names.pop(path, None)
        else:
            names[path] = file


@dataclass(frozen=True, slots=True)
class CrashState:
    """Files as they are found after a crash, and what the program had said before it."""

    after_step: int
    kind: str
    files: dict[Path, bytes]
    said: str


def crash_states(
    steps: Sequence[Step], seed: int, torn_each: int, *, strict: bool = False
) -> Iterator[CrashState]:
    """Yield the states after each step: killed, everything not synchronised lost, `torn_each` in between."""
    rng = random.Random(seed)
    disk = _Disk(strict)
    where = "strict " if strict else ""
    said = ""
    for number, step in enumerate(steps):
        disk.do(step)
        if isinstance(step, Said):
            said += step.text
        whole = {path: _done(file.safe, file.since) for path, file in disk.names.items()}
        yield CrashState(number, "killed", whole, said)
        safe = {path: file.safe for path, file in disk.safe.items()}
        yield CrashState(number, f"{where}lost", safe, said)
        for _ in range(torn_each + (RENAMED_EACH if strict and isinstance(step, Renamed) else 0)):
            names = disk.torn_names(rng)
            torn = {path: _done(file.safe, _some(file.since, rng)) for path, file in names.items()}
            yield CrashState(number, f"{where}torn", torn, said)


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
