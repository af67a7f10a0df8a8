"""What is known of a rep when its form is judged."""

from dataclasses import dataclass

from tracker.blocks import Stream
from tracker.diagonal import Diagonal
from tracker.kick import Kick
from tracker.phases import Boundaries
from tracker.repetition import Travel


@dataclass(frozen=True, slots=True)
class RepEvidence:
    """One rep.

    `range_share`: its range as a share of the lifter's own, None while that is not known. `travel`: of the
    cable, None where the ankle told progress. `previous_end_s`: when the rep before it in the set ended.
    `impaired`: what `tracker.gaps.GapWatch` says of the rep; of a stream named there nothing is claimed.
    """

    boundaries: Boundaries
    kick: Kick
    diagonal: Diagonal
    range_share: float | None
    travel: Travel | None
    previous_end_s: float | None
    impaired: tuple[str, ...]

    def whole(self, *streams: Stream) -> bool:
        """Whether none of the streams lacks samples in the rep."""
        return not any(f"gap_{stream}" in self.impaired for stream in streams)

    @property
    def progress_whole(self) -> bool:
        """Whether the stream that told progress lacks none."""
        return self.whole(Stream.ANKLE if self.travel is None else Stream.CABLE)
