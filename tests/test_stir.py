"""A phase is shown as soon as the leg stirs at the usual pace, and taken back where it does not come."""

from tests.motion import Stretch, cable, kick
from tracker.messages import Phase
from tracker.movement import Turn
from tracker.movement_params import MovementParams
from tracker.movements import Movements
from tracker.progress import CableTravel
from tracker.stir import Stir

REP = kick(0.4, 1.5, 1.0, 3.0, 1.0)


def turns_of(stretches: list[Stretch], *, learns: bool) -> list[Turn]:
    machine = Movements(CableTravel(0.12).measure, 0.4)
    turns: list[Turn] = []
    for t_s, position in cable(stretches).tolist():
        new, over = machine.update(t_s, position)
        turns += new
        if learns:
            for movement in over:
                machine.keep_pace(movement)
    return turns


def shown(turns: list[Turn], phase: Phase) -> list[float]:
    return [turn.t_s for turn in turns if turn.phase is phase]


def test_once_the_pace_is_known_a_phase_is_shown_much_earlier() -> None:
    session = [Stretch(0.0, 1.5), *REP * 2]
    plain, early = turns_of(session, learns=False), turns_of(session, learns=True)
    assert [turn.phase for turn in early] == [turn.phase for turn in plain], "each phase once, in its order"
    # Speed passes 5 % of its peak at 0.0594 of a minimum-jerk phase: 8.0 + 0.09 s, and 10.5 + 0.18 s.
    # 10 % of the peak comes 0.027 of the phase later, 0.08 s for the return, and is seen half a window late.
    for phase, true_s, soon_s in ((Phase.CONCENTRIC, 8.089, 0.15), (Phase.ECCENTRIC, 10.678, 0.2)):
        late_s, early_s = shown(plain, phase)[1], shown(early, phase)[1]
        assert 0.0 < early_s - true_s < soon_s
        assert late_s - early_s > 0.1
    assert shown(early, Phase.PAUSE_STRETCHED) == shown(plain, Phase.PAUSE_STRETCHED)


def test_a_start_that_does_not_come_true_is_taken_back() -> None:
    false_start = [Stretch(0.02, 0.15), Stretch(0.0, 0.4), Stretch(0.0, 1.0)]
    turns = turns_of([Stretch(0.0, 1.5), *REP, *false_start], learns=True)
    assert [turn.phase for turn in turns[-2:]] == [Phase.CONCENTRIC, Phase.PAUSE_STRETCHED]


def test_without_a_pace_nothing_is_shown_early_and_slow_creep_never_is() -> None:
    stir = Stir(MovementParams())
    assert stir.watch(Phase.CONCENTRIC, Phase.PAUSE_STRETCHED, 1.0, 0.05, 1.0) == []
    stir.learn(0.5, 0.2)
    assert stir.watch(Phase.ECCENTRIC, Phase.PAUSE_CONTRACTED, 2.0, 0.05, 0.01) == []
    (turn,) = stir.watch(Phase.ECCENTRIC, Phase.PAUSE_CONTRACTED, 3.0, 0.05, 0.05)
    assert (turn.phase, turn.t_s) == (Phase.ECCENTRIC, 3.0)
    assert stir.told(Phase.ECCENTRIC)
    assert not stir.told(Phase.ECCENTRIC)
