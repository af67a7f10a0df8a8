"""What is known of a rep when its form is judged."""

from dataclasses import dataclass

from tracker.blocks import Stream
from tracker.diagonal import Diagonal
from tracker.form.flight import STACK_FLIGHT
from tracker.kick import Kick
from tracker.phases import Boundaries
from tracker.repetition import Travel


@dataclass(frozen=True, slots=True)
class RepEvidence:
    """One rep.

    `range_share`: its range as a share of the lifter's own in this set, None before that is known.
    `travel`: of the cable, None where the ankle told progress. `swing_deg`: of the ankle, None where it is
    not known.
    `previous_end_s`: when the movement before it in the set ended, a rep or none.
    `impaired`: what `tracker.gaps.GapWatch` says of the rep, and whether the stack flew; of a stream named
    there nothing is claimed.
    """

    boundaries: Boundaries
    kick: Kick
    diagonal: Diagonal
    range_share: float | None
    travel: Travel | None
    swing_deg: float | None
    previous_end_s: float | None
    impaired: tuple[str, ...]

    def whole(self, *streams: Stream) -> bool:
        """Whether none of the streams lacks samples in the rep."""
        return not any(f"gap_{stream}" in self.impaired for stream in streams)

    def timed(self, *, by_ankle: bool) -> bool:
        """Whether the phases and the range are the leg's.

        `by_ankle`: whether the ankle's swing tells them where the stack flew.
        """
        if self.travel is None:
            return self.whole(Stream.ANKLE)
        flew = STACK_FLIGHT in self.impaired
        return self.whole(Stream.CABLE) and not (flew and (self.swing_deg is None or not by_ankle))
