"""Requests: what this appliance does of what it can be asked over MQTT."""

from collections.abc import Callable, Mapping
from typing import Protocol

import msgspec

from firmware.commands.say import say
from firmware.config.sections import Session
from firmware.mqtt.commands import Action, action
from firmware.mqtt.verbs import (
    ChooseExercise,
    ChooseLeg,
    ChooseTarget,
    ChooseTargetReps,
    Command,
    Live,
    Replay,
    Tare,
)
from tracker.blocks import Announcement
from tracker.setup import Leg, SessionSetup

_ANNOUNCED = {
    "new-set": Announcement.NEW_SET,
    "end-set": Announcement.END_SET,
    "calibrate": Announcement.CALIBRATE,
}


class Announces(Protocol):
    """Puts an announcement, of a target with its value, at this moment of the session."""

    def __call__(self, announcement: Announcement, value: str = "", /) -> None: ...


_LEGS: Mapping[Leg, Announcement] = {"left": Announcement.LEFT_LEG, "right": Announcement.RIGHT_LEG}


class Requests:
    """Keeps what was chosen since the start, instead of what the config says.

    A target holds from the next rep on and ends nothing. A leg holds at once, in a new set, so that a
    session has both sides. Another exercise begins a session of its own, so that the open one ends:
    `changed` says so until `setup` was asked. A tare is made at once. Identify is left to the panel.
    What buttons ask for comes in threads of theirs, and is done by `attend` in that of the session.
    """

    def __init__(
        self,
        session: Session,
        announce: Announces,
        tare: Callable[[], str | None] | None = None,
        *,
        pulley_assumed: bool = False,
        leg_seen: Callable[[], Leg | None] = lambda: None,
    ) -> None:
        """`tare`: makes the load cell's reading its zero, or says why not; None where there is no cell.

        `leg_seen`: the leg that the reps were found to be of last.
        `pulley_assumed`: whether the sessions' travel is by a pulley that nobody measured.
        """
        self._session = session
        self._announce = announce
        self._tare = tare
        self._pulley_assumed = pulley_assumed
        self._leg_seen = leg_seen
        self._tare_asked = False
        self._other_leg_asked = False
        self.changed = False

    def setup(self, name: str) -> SessionSetup:
        """The setup of the session that begins now."""
        self.changed = False
        return msgspec.structs.replace(self._session.setup(name), pulley_assumed=self._pulley_assumed)

    def announce(self, announcement: Announcement) -> None:
        """Put an announcement at this moment of the session; may be called from any thread."""
        self._announce(announcement)

    def other_leg(self) -> None:
        """Ask to go on with the other leg, which is done with the next block. From any thread.

        The other one than was told, else than was seen in the reps; the left one where neither is known.
        """
        self._other_leg_asked = True

    def tare(self) -> None:
        """Ask for a tare, which is made with the next block. From any thread."""
        self._tare_asked = True

    def attend(self) -> bool | None:
        """Do what buttons asked for; return whether a tare was made, None when nobody asked for one."""
        if self._other_leg_asked:
            self._other_leg_asked = False
            worked = self._session.leg or self._leg_seen()
            self._choose_leg("right" if worked == "left" else "left")
        if not self._tare_asked:
            return None
        self._tare_asked = False
        why_not = "there is no load cell" if self._tare is None else self._tare()
        if why_not is not None:
            say(f"no tare: {why_not}")
        return why_not is None

    def actions(
        self, lease: Callable[[float], None], replay: Callable[[int, int], bool]
    ) -> Mapping[str, Action]:
        """What can be done, by verb. `lease` and `replay` are the publisher's."""

        def live(command: Live) -> str | None:
            lease(float(command.lease_s))
            return None

        def again(command: Replay) -> str | None:
            return None if replay(command.from_seq, command.to_seq) else "no older results are kept"

        tare = self._tare
        return {
            **({} if tare is None else {"tare": action(Tare, lambda command: tare())}),
            **{verb: self._announcing(made) for verb, made in _ANNOUNCED.items()},
            "exercise": action(ChooseExercise, lambda command: self._choose(exercise=command.exercise)),
            "leg": action(ChooseLeg, lambda command: self._choose_leg(command.leg)),
            "target": action(ChooseTarget, lambda command: self._aim_at_tempo(command.target)),
            "target-reps": action(ChooseTargetReps, lambda command: self._aim_at_reps(command.target_reps)),
            "live": action(Live, live),
            "replay": action(Replay, again),
        }

    def _announcing(self, announcement: Announcement) -> Action:
        def announce(command: Command) -> str | None:
            self._announce(announcement)
            return None

        return announce

    def _choose_leg(self, leg: Leg | None) -> str | None:
        """Take the working leg; where it is to be found from the kicks a session begins that knows none."""
        if leg is None:
            return self._choose(leg=None)
        self._session = msgspec.structs.replace(self._session, leg=leg)
        self._announce(_LEGS[leg])
        return None

    def _aim_at_tempo(self, target: str | None) -> str | None:
        self._session = msgspec.structs.replace(self._session, target=target)
        self._announce(Announcement.TARGET, target or "")
        return None

    def _aim_at_reps(self, target_reps: int | None) -> str | None:
        self._session = msgspec.structs.replace(self._session, target_reps=target_reps)
        self._announce(Announcement.TARGET_REPS, "" if target_reps is None else str(target_reps))
        return None

    def _choose(self, **fields: str | None) -> str | None:
        chosen = msgspec.structs.replace(self._session, **fields)
        if chosen != self._session:
            self._session, self.changed = chosen, True
        return None
