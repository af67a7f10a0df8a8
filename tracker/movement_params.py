"""What tells movements apart, as fractions of the lifter's own range and of the phase itself."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MovementParams:
    """All ranges as fractions of the lifter's own range; see `Movements.scale`.

    `onset`: travel from the start position that begins a movement; larger reacts later.
    `leave`: travel from the held position that begins the return; larger ignores more creep.
    `stir`, `stirred`: a phase is shown, not yet believed, as soon as the leg has gone this share of the
    range and goes at this share of the usual peak speed of the phase; smaller is earlier and flickers.
    `turn`: travel against the direction of movement that is a turn and not tremor.
    `slow`: speed, as a fraction of the phase's own peak speed, under which a phase may have ended.
    `window_s`: time over which speed is taken; longer is calmer and later.
    `ended`: the same for the return, where the boundary itself (5 %) must have been passed.
    `glance`, `ended_over`: and over this share of its own time the return must have been slower than this
    on the mean, which a trembling leg is not before the end. A return that slows as minimum jerk does
    is under 12 % over 6 % of its time when it is under 5 %.
    `beyond`: both limits grow by so much for each share of the rise by which it has gone beyond the start:
    there it is the hips that sway; larger is sooner over, and too soon where the start lay too far out.
    `settle_s`: how long the end of the return must be slow before the movement is over.
    `near`, `goes_on`: the ankle alone says so where this share has come back, unless progress still goes
    faster than this share of its peak speed.
    `home`, `doubtful_s`, `patience`: where less than this share of the rise has come back, it must be
    slow for longer, and for this share of a long return: a slow return wavers before its end.
    `unseen_s`: in a longer silence a leg that goes out again afterwards has come back and set off again.
    `far`: a rise over so many times the range is none that comes back, as when a lifter walks to the place.
    `stall_s`: how long a return must stand still half way before it is taken for a hold.
    `returned`: share of the rise that must be returned for the movement to be over when it is slow.
    `turned_back`: share that must be returned for the movement to be over when the next one begins.
    `still`: range within which a leg that stands still may tremble and creep.
    `at_rest_s`: how long it stands still before its pose is taken for the start position.
    `rested_s`, `regained`: a hold that stood still this long and then goes on outwards by this share
    of what it had risen, at most of the own range, was a new start position and no hold: stepping back,
    taking a bar from its rack.
    `back`: so was a hold to which the way came back within this share of how far it had gone out.
    `longest_hold_s`: how long a rise over the whole range may be held before it is no rep any more; a
    smaller rise has less time, with the square of its share but at least `short_hold_s`, and is then a
    new start position. Below the share `no_rep`, which no rep can have, it is one after `brief_hold_s`.
    `lookback_s`: history kept before a movement, for back-dating its start.
    """

    onset: float = 0.08
    leave: float = 0.06
    stir: float = 0.01
    stirred: float = 0.1
    turn: float = 0.15
    slow: float = 0.08
    ended: float = 0.05
    window_s: float = 0.1
    glance: float = 0.06
    ended_over: float = 0.12
    beyond: float = 1.5
    settle_s: float = 0.1
    near: float = 0.9
    goes_on: float = 0.2
    home: float = 0.985
    doubtful_s: float = 0.2
    patience: float = 0.1
    unseen_s: float = 1.0
    far: float = 2.0
    stall_s: float = 0.3
    returned: float = 0.55
    turned_back: float = 0.5
    still: float = 0.03
    at_rest_s: float = 0.5
    rested_s: float = 1.0
    regained: float = 0.4
    back: float = 0.25
    longest_hold_s: float = 30.0
    short_hold_s: float = 6.0
    no_rep: float = 0.25
    brief_hold_s: float = 1.5
    lookback_s: float = 2.5

    def longest_hold(self, share: float) -> float:
        """How long (s) a rise over this share of the range may be held before it is a new start position."""
        if share < self.no_rep:
            return self.brief_hold_s
        return max(self.short_hold_s, self.longest_hold_s * share * share)

    def stalled_after(self, returning_s: float) -> float:
        """How long (s) a return must stand still to count as slow: `still` is much for a slow return."""
        return max(self.stall_s, 2.0 * self.patience * returning_s)

    def believed_after(self, returning_s: float, share_returned: float) -> float:
        """How long (s) a return must be slow to be over: longer where it stopped short of the start."""
        if share_returned >= self.home:
            return self.settle_s
        return max(self.doubtful_s, self.patience * returning_s)
