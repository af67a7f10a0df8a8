"""Mark: the highest number given out, in a small file beside the journal's.

It outlives the journal's own file, so that numbers are not used again when that one is damaged, cut
short or gone. It is not synchronised to the disk with every event, which would cost a second write
of the card: after a power cut it may be some seconds old, and whoever relies on it leaves a margin.
"""

import os
import re
from pathlib import Path
from zlib import crc32

_FORM = re.compile(rb"(\d{12}) ([0-9a-f]{8})\n")


class Mark:
    """The file with the mark; a file that is absent or makes no sense says 0."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def absent(self) -> bool:
        """Whether there is none: the journal is new, or was put back from a backup without its mark."""
        return not self._path.exists()

    def read(self) -> int:
        """The highest number known to have been given out. Raise OSError when the disk does not answer."""
        try:
            found = _FORM.fullmatch(self._path.read_bytes())
        except FileNotFoundError:
            return 0
        if found is None or int(found[2], 16) != crc32(found[1]):
            return 0
        return int(found[1])

    def write(self, seq: int, *, sync: bool = False) -> None:
        """Raise the mark. The 22 bytes lie in one sector, so that they are old or new, never a mixture."""
        number = b"%012d" % seq
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT, 0o644)
        try:
            os.pwrite(descriptor, b"%s %08x\n" % (number, crc32(number)), 0)
            if sync:
                os.fsync(descriptor)
        finally:
            os.close(descriptor)
