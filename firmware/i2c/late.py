"""A bus that need not be there yet: opened at its first transfer, and again after its device vanished."""

import errno
from collections.abc import Callable

from smbus2 import i2c_msg

from firmware.i2c.bus import Adapter, Bus, open_adapter

_VANISHED = frozenset({errno.ENODEV, errno.EBADF, errno.ESHUTDOWN})
"""An adapter on USB was pulled, or its driver was unloaded."""


class LateAdapter:
    """Stands in for an adapter. While it cannot be opened, each transfer raises the OSError of opening."""

    def __init__(self, opened: Callable[[], Adapter]) -> None:
        self._opened = opened
        self._adapter: Adapter | None = None

    def i2c_rdwr(self, *i2c_msgs: i2c_msg) -> None:
        """Carry one transaction."""
        if self._adapter is None:
            self._adapter = self._opened()
        try:
            self._adapter.i2c_rdwr(*i2c_msgs)
        except OSError as error:
            if error.errno in _VANISHED:
                self.close()
            raise

    def close(self) -> None:
        """Release the device, if it is open."""
        adapter, self._adapter = self._adapter, None
        if adapter is not None:
            adapter.close()


def late_bus(number: int) -> Bus:
    """Return the bus `/dev/i2c-<number>`, whether or not it is there now."""
    return Bus(LateAdapter(lambda: open_adapter(number)), f"i2c-{number}")
