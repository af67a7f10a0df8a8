"""`fast_return` and `no_hold`: the leg is let go instead of lowered, and turns at the peak without a pause.

With a target tempo its own tolerance is the limit. Without one a kickback still has its form, "slow return,
pause at the peak", and the limits are those below; of exercises that have no such form nothing is said then.
"""

from dataclasses import dataclass

from tracker.form.fault import FaultName, FormFault, beyond
from tracker.phases import Boundaries
from tracker.tempo import Tempo, allowed


@dataclass(frozen=True, slots=True)
class TimingLimits:
    """Limits where there is no target, and what is large.

    `return_s`: a return in less is no lowering: a leg that is merely dropped swings down in about half a
    second, and coaches ask for two to four. `return_share`: nor is one in less than this share of the same
    rep's way out, however slow both were: the way back is to be the slower one.
    `hold_s`: a shorter pause is none. `turning`: nor is what a leg that just turns takes to slow down and
    speed up again, as a share of its way out and back: a minimum jerk movement is slower than 5 % of its peak
    for 6 % of its time at either end.
    `large`: share of the limit at which either is large: half the time that was asked for.
    """

    return_s: float = 1.0
    return_share: float = 0.6
    hold_s: float = 0.3
    turning: float = 0.06
    large: float = 0.5


def fast_return(
    b: Boundaries, target: Tempo | None, *, by_form: bool, limits: TimingLimits | None = None
) -> FormFault | None:
    """Return the fault of an eccentric shorter than the target allows, or than a lowering takes.

    `by_form`: whether the exercise asks for a slow return even where no target was set. A rep whose return
    was not seen draws none, nor does a target of `X`.
    """
    p = limits or TimingLimits()
    if b.eccentric_start_s is None or b.eccentric_end_s is None:
        return None
    concentric_s = b.pause_start_s - b.concentric_start_s
    own_s = max(p.return_s, p.return_share * concentric_s) if by_form else 0.0
    least_s = own_s if target is None else allowed(target.phases_s[0])[0]
    return _short("fast_return", b.eccentric_end_s - b.eccentric_start_s, least_s, p)


def no_hold(
    b: Boundaries, target: Tempo | None, *, by_form: bool, limits: TimingLimits | None = None
) -> FormFault | None:
    """Return the fault of a pause contracted that is shorter than the target allows, or is none.

    As `fast_return`. A target of 0 or `X` asks for no pause.
    """
    p = limits or TimingLimits()
    if b.eccentric_start_s is None or b.eccentric_end_s is None:
        return None
    held_s = b.eccentric_start_s - b.pause_start_s
    moving_s = b.eccentric_end_s - b.concentric_start_s - held_s
    own_s = p.hold_s + p.turning * moving_s if by_form else 0.0
    least_s = own_s if target is None else allowed(target.phases_s[3])[0]
    return _short("no_hold", held_s, least_s, p)


def _short(name: FaultName, took_s: float, least_s: float, p: TimingLimits) -> FormFault | None:
    if least_s <= 0.0:
        return None
    return beyond(name, took_s, least_s, p.large * least_s)
