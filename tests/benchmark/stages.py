"""Each stage of the core run alone over one session, so that its cost can be told apart."""

from collections.abc import Callable, Mapping

from tracker.blocks import SampleBlock, Stream
from tracker.follower import Follower
from tracker.jolts import Jolts
from tracker.lift import LiftLearner
from tracker.load import LoadHistory
from tracker.orientation import Orientation
from tracker.poses import PoseHistory
from tracker.profiles import PROFILES
from tracker.progress import CableTravel
from tracker.timeline import timeline


def stages(block: SampleBlock) -> Mapping[str, Callable[[], None]]:
    """Return, by name, what runs one stage over a session's samples."""
    ankle = block.streams[Stream.ANKLE].tolist()
    cable = block.streams[Stream.CABLE].tolist()
    load = block.streams[Stream.LOAD].tolist()

    def order() -> None:
        timeline(block)

    def orientation() -> None:
        filter_ = Orientation()
        for row in ankle:
            filter_.update(*row)

    def poses() -> None:
        history = PoseHistory()
        for row in ankle:
            history.add(row[0], (1.0, 0.0, 0.0, 0.0), (row[1], row[2], row[3]))

    def jolts() -> None:
        watch = Jolts()
        for row in ankle:
            watch.sample(row[0], (row[1], row[2], row[3]))

    def lift() -> None:
        learner = LiftLearner()
        for row in ankle:
            learner.update(row[0], (0.0, 0.0, 1.0), (row[1], row[2], row[3]))

    def movements() -> None:
        follower = Follower(CableTravel(PROFILES["cable-kickback"].least_travel_m), 3.0)
        for t_s, position_m in cable:
            follower.update(t_s, position_m)

    def effort() -> None:
        history = LoadHistory()
        for t_s, force_n in load:
            history.add(t_s, force_n)

    return {
        "order of samples": order,
        "orientation": orientation,
        "pose history": poses,
        "jolts": jolts,
        "movements on the cable": movements,
        "load history": effort,
        "lever of the ankle (only `free`)": lift,
    }
