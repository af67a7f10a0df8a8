"""What one read of an IMU's FIFO gives, whatever the chip."""

from dataclasses import dataclass

from tracker.blocks import CountArray


@dataclass(frozen=True, slots=True)
class Drain:
    """The samples taken out of a FIFO, oldest first.

    `host_s`: host monotonic time at which the FIFO's level was read; the newest sample then in it
    was at most one sample period old.
    `counts`: shape (n, 6), accelerometer x y z, then gyroscope x y z, in the chip's axes.
    `ticks`: shape (n,), the chip's own time of each sample; None where the chip has no clock.
    `lost_before`: shape (n,), samples known to be missing just before each one.
    `left`: samples left in the FIFO for the next read.
    `settling`: samples before the very first delivered one, discarded while the chip was starting.
    `corrupt`: FIFO words thrown away because they cannot be right; their samples count as lost.
    `overrun`: the FIFO overflowed, or had to be emptied, since the read before.
    `idle`: there was nothing in the FIFO. `asked_s`: host time before its level was read.
    """

    host_s: float
    counts: CountArray
    ticks: CountArray | None
    lost_before: CountArray
    left: int = 0
    settling: int = 0
    corrupt: int = 0
    overrun: bool = False
    idle: bool = False
    asked_s: float | None = None

    @property
    def lost(self) -> int:
        """Samples known to be missing before or among these."""
        return int(self.lost_before.sum())
