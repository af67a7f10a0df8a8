"""The tracker: blocks in, events out. Live, replay and analysis are this one call."""

from collections.abc import Sequence

from tracker.blocks import SampleBlock
from tracker.messages import Event
from tracker.setup import SessionSetup


class Tracker:
    """Tracks one session.

    Feed blocks in the order of time, each starting where the one before ended. However a session
    is cut into blocks, the events are the same. `finish` ends the session: the last rep and the
    last set come out.
    """

    def __init__(self, setup: SessionSetup) -> None:
        """Raise ValueError when the setup names no known exercise or an impossible number."""
        self._setup = setup

    def process(self, block: SampleBlock) -> Sequence[Event]:
        """Return what happened, in order, as far as the samples up to `block.end_s` tell."""
        return []

    def finish(self) -> Sequence[Event]:
        """Return what the end of the session decides: an unfinished rep, the last set."""
        return []
