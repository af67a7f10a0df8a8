"""Retained values: what the device is, where the session stands, the last sets, the active faults."""

import logging
from collections import deque
from collections.abc import Callable, Iterable
from importlib.metadata import PackageNotFoundError, version

import msgspec

from firmware.journal.status import JournalStatus
from firmware.numbering import NUMBERED_TYPES, Numbered
from firmware.panel.cue import said_after
from firmware.panel.view import PanelView
from tracker.blocks import Announced
from tracker.cues.words import CueWord
from tracker.messages import LegSource, Phase, PhaseChange, RepKind, SetSummary
from tracker.setup import Leg

STATE_INTERVAL_S = 0.5
"""Session time between two values of the state at least."""

SETS_KEPT = 20

HISTORY_BYTES = 48_000
"""Well below the 65,536 bytes that the broker of `deploy/mosquitto` takes and the page reads."""

log = logging.getLogger(__name__)


class Info(msgspec.Struct, frozen=True, kw_only=True):
    """What the device is and can do. `units` maps the ending of a key to the unit of its value.

    `notices`: what its setup leaves unknown and what to do about it, such as a load cell that was never
    calibrated. Such a machine works as it is set up; what does not work is a fault.
    """

    schema: str = "kickback.info/1"
    device: str
    model: str
    software: str
    schemas: tuple[str, ...]
    capabilities: tuple[str, ...]
    units: dict[str, str]
    notices: tuple[str, ...]
    replay: bool
    simulated: bool


class State(msgspec.Struct, frozen=True, kw_only=True):
    """Where the session stands. `rep` counts confirmed reps; `rep_pending` waits for its return.

    `cue`: what is said of the last rep, until the next kick. `resting_since_s`: when the last set ended,
    while no new one has begun. `last_rep_*` repeat the last rep event of this set, whose `id` is
    `last_rep_id`. `last_seq`: the newest event's number. `journal_backlog`: events that the broker has
    neither taken nor refused; `journal_first_seq`: the oldest that can be replayed; `journal_bytes`: what all
    of them take on the disk. The three are null where events are kept nowhere.
    """

    schema: str = "kickback.state/1"
    session: str
    exercise: str
    leg: Leg | None
    leg_source: LegSource | None
    target: str | None
    target_reps: int | None
    phase: Phase
    phase_since_s: float | None
    set: int | None
    rep: int
    rep_pending: int | None
    set_pending: int | None
    cue: CueWord | None
    resting_since_s: float | None
    reps_full: int
    reps_partial: int
    reps_unfinished: int
    last_rep_id: str | None
    last_rep_kind: RepKind | None
    last_rep_tempo: str | None
    last_rep_diagonal_deg: float | None
    last_rep_diagonal_sd_deg: float | None
    last_rep_rom_m: float | None
    last_rep_rom_deg: float | None
    last_rep_quality: str | None
    last_seq: int | None
    journal_backlog: int | None
    journal_first_seq: int | None
    journal_bytes: int | None
    replay: bool


class PastSet(SetSummary, frozen=True, kw_only=True):
    """A set event as it was published, without the rest of its envelope."""

    id: str
    ts: str | None


class History(msgspec.Struct, frozen=True, kw_only=True):
    """The last sets, oldest first, so that a dashboard opens with context."""

    schema: str = "kickback.history/1"
    sets: tuple[PastSet, ...]


UNITS = {
    "_s": "second",
    "_m": "metre",
    "_mps": "metre per second",
    "_deg": "degree",
    "_n": "newton",
    "_j": "joule",
    "_w": "watt",
    "_share": "0 to 1",
    "_bytes": "byte",
}


def software_version() -> str:
    """The installed version of the project."""
    try:
        return version("kickback-tracker")
    except PackageNotFoundError:
        return "unknown"


def info_of(
    device: str,
    *,
    replay: bool,
    simulated: bool,
    capabilities: tuple[str, ...],
    notices: tuple[str, ...] = (),
) -> Info:
    """Describe a device of this software."""
    schemas = (*(kind.SCHEMA for kind in NUMBERED_TYPES), "kickback.state/1", "kickback.history/1")
    return Info(
        device=device,
        model="kickback",
        software=software_version(),
        schemas=schemas,
        capabilities=capabilities,
        units=UNITS,
        notices=notices,
        replay=replay,
        simulated=simulated,
    )


class StateKeeper:
    """The state as a retained value: due when it has changed, at most every `STATE_INTERVAL_S`.

    Time is session time, so that a recording played faster does not lose states it would show live.
    """

    def __init__(
        self, view: PanelView, *, replay: bool, journal: Callable[[], JournalStatus] | None = None
    ) -> None:
        """`journal`: how the journal stands; None where there is none."""
        self._view = view
        self._replay = replay
        self._journal = journal
        self._last: Numbered | None = None
        self._last_rep_id: str | None = None
        self._given: State | None = None
        self._given_s = 0.0

    def result(self, numbered: Numbered) -> None:
        """Fold one result."""
        self._view = self._view.fold(numbered.result)
        if numbered.saved:
            self._last = numbered
        if self._view.last_rep is numbered.result:
            self._last_rep_id = numbered.envelope.id if numbered.saved else None

    def phase(self, change: PhaseChange) -> None:
        """Fold one phase change."""
        self._view = self._view.fold(change)

    def announced(self, made: Announced) -> None:
        """Fold one announcement: a leg or a target that was chosen is so at once."""
        self._view = self._view.announced(made)

    def due(self, session_s: float) -> State | None:
        """The state to retain now, None while nothing changed or the last one is too fresh."""
        state = self.state
        if state == self._given:
            return None
        if self._given is not None and session_s - self._given_s < STATE_INTERVAL_S:
            return None
        self._given, self._given_s = state, session_s
        return state

    @property
    def state(self) -> State:
        """The state as it is."""
        view, rep = self._view, self._view.last_rep
        kept = None if self._journal is None else self._journal()
        last_seq = self._last.envelope.seq if self._last else None
        return State(
            session=view.session,
            exercise=view.exercise,
            leg=view.leg,
            leg_source=view.leg_source,
            target=view.target,
            target_reps=view.target_reps,
            phase=view.phase,
            phase_since_s=view.phase_since_s,
            set=view.set,
            rep=view.rep,
            rep_pending=view.pending,
            set_pending=view.pending_set,
            cue=said_after(view),
            resting_since_s=None if view.last_set is None else view.last_set.end_s,
            reps_full=view.tally.full,
            reps_partial=view.tally.partial,
            reps_unfinished=view.tally.unfinished,
            last_rep_id=self._last_rep_id if rep else None,
            last_rep_kind=rep.kind if rep else None,
            last_rep_tempo=rep.tempo if rep else None,
            last_rep_diagonal_deg=rep.diagonal_deg if rep else None,
            last_rep_diagonal_sd_deg=rep.diagonal_sd_deg if rep else None,
            last_rep_rom_m=rep.rom_m if rep else None,
            last_rep_rom_deg=rep.rom_deg if rep else None,
            last_rep_quality=rep.quality if rep else None,
            last_seq=last_seq if kept is None else kept.last_seq or None,
            journal_backlog=None if kept is None else kept.backlog,
            journal_first_seq=None if kept is None else kept.first_seq,
            journal_bytes=None if kept is None else kept.size_bytes,
            replay=self._replay,
        )


class HistoryKeeper:
    """The last sets, those of earlier runs included once `restore` has brought them.

    As many as `SETS_KEPT`, fewer where their payload would pass `HISTORY_BYTES`.
    """

    def __init__(self) -> None:
        self._sets: deque[PastSet] = deque(maxlen=SETS_KEPT)

    def add(self, summary: SetSummary, numbered: Numbered) -> History:
        """Return the history with one more set."""
        fields = msgspec.structs.asdict(summary)
        self._sets.append(PastSet(**fields, id=numbered.envelope.id, ts=numbered.envelope.ts))
        return self.history

    def restore(self, payloads: Iterable[bytes]) -> History:
        """Put earlier set events before those of this run; what another version wrote may not fit."""
        earlier = []
        for payload in payloads:
            try:
                earlier.append(msgspec.json.decode(payload, type=PastSet))
            except (msgspec.DecodeError, RecursionError) as error:
                log.info("an earlier set is left out of the history: %s", error)
        known = {past.id for past in self._sets}
        sets = [*(past for past in earlier if past.id not in known), *self._sets]
        self._sets = deque(sets, maxlen=SETS_KEPT)
        return self.history

    @property
    def history(self) -> History:
        """The history as it is."""
        while len(msgspec.json.encode(History(sets=tuple(self._sets)))) > HISTORY_BYTES:
            self._sets.popleft()
        return History(sets=tuple(self._sets))
