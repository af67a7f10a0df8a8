"""Running: every sensor sampled, recorded and tracked, one session after another."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

import msgspec

from firmware.activity import Activity
from firmware.app import Loop, Outcome, Output
from firmware.appliance.earlier import SETS_READ, Earlier
from firmware.appliance.fittings import machine_panel
from firmware.appliance.intake import since, usable
from firmware.appliance.keeping import Dated, opened_journal
from firmware.appliance.leg_seen import LegSeen
from firmware.appliance.outlets import Outlets, broker_or_why_not
from firmware.appliance.overload import OverloadWatch
from firmware.appliance.recordings import Recordings
from firmware.appliance.requests import Requests
from firmware.appliance.samples import SampleCount
from firmware.appliance.taring import Taring
from firmware.appliance.world import Running, World
from firmware.commands.face import telling
from firmware.commands.say import say
from firmware.commands.source import tracker_for
from firmware.config import Config, Places
from firmware.errors import BadInputError
from firmware.faults import Faults
from firmware.guard import Guard
from firmware.journal.journal import Journal
from firmware.panel.view import PanelView
from firmware.power import PowerWatch
from firmware.rig import calibrated, pulley_assumed, wired
from firmware.sampling.account import Sampled
from firmware.sampling.sampler import Sampler
from firmware.supervision import Supervision
from tracker.blocks import RawBlock, SampleBlock, Stream
from tracker.calibration import Calibration, apply
from tracker.messages import SetSummary
from tracker.setup import SessionSetup

_CABLE_STUCK = (
    "the encoder stands still while the leg pulls, so the ankle counts the reps: see that its magnet turns "
    "with the pulley"
)


def appliance(
    config: Config,
    places: Places,
    world: World,
    measured: Calibration | None = None,
    notes: Sequence[str] = (),
) -> Outcome:
    """Run until an end is asked for; return what all sessions together came to.

    `measured`: what is known of this machine's sensors, `notes`: what is wrong with that, which is a
    fault. What was never measured is no fault but a notice: the machine works as it is set up. Raise
    BadInputError when the config cannot be used as it is. A sensor, a broker or a disk that fails is
    said, shown, and waited for.
    """
    streams = config.sensors.enabled
    if not streams:
        raise BadInputError("every sensor is switched off in the config; enable one")
    broker, unpublished = broker_or_why_not(config.mqtt, as_service=world.manager.listens)
    calibration, notices = calibrated(config.sensors, measured)
    wrong = {"calibration": "; ".join(notes)} if notes else {}
    if unpublished is not None:
        wrong["mqtt"] = unpublished
    with ExitStack() as parts:
        journal = opened_journal(places.journal, config.device.id, world, parts)
        for notice in notices:
            say(f"note: {notice}")
        recordings = Recordings(config.recording, places.recordings, world.wall)
        parts.callback(recordings.close)
        sampler = Sampler(wired(config.sensors, world.open_bus, world.now), world.now)
        taring = Taring(calibration.load)
        leg_seen = LegSeen()
        requests = Requests(
            config.session,
            sampler.announce,
            taring.tare if Stream.LOAD in streams else None,
            pulley_assumed=pulley_assumed(config.sensors, measured),
            leg_seen=lambda: leg_seen.leg,
        )
        earlier = Earlier(journal.latest(SetSummary.TOPIC, SETS_READ))
        setup = earlier.told(requests.setup(world.wall.name_of(sampler.start_s)))
        view = PanelView.of(setup)
        machine = machine_panel(config.panel, view, world, requests, parts)
        outlets = Outlets(config, broker, journal, requests, view, machine, parts, notices)
        live = _Live(
            config=config,
            world=world,
            calibration=calibration,
            wrong=wrong,
            taring=taring,
            outlets=outlets,
            recordings=recordings,
            journal=journal,
            requests=requests,
            earlier=earlier,
            leg_seen=leg_seen,
            start_s=sampler.start_s,
        )
        outcome = live.run(parts.enter_context(world.sampling(sampler)), setup)
        outlets.drain()
    return outcome


@dataclass(kw_only=True)
class _Live:
    """The blocks of one sampler, session by session. `wrong`: what will not change while it runs."""

    config: Config
    world: World
    calibration: Calibration
    wrong: Mapping[str, str]
    taring: Taring
    outlets: Outlets
    recordings: Recordings
    journal: Journal
    requests: Requests
    earlier: Earlier
    leg_seen: LegSeen
    start_s: float
    ended: bool = False
    stopping: bool = False
    failure: Exception | None = None

    def __post_init__(self) -> None:
        streams = self.config.sensors.enabled
        self._guarded = Guard(telling(self.outlets.face))
        self._faults = Faults(tuple(map(str, streams)), say, self.outlets.show)
        self._power = PowerWatch(self.world.power)
        self._overload = OverloadWatch()
        self._samples = SampleCount()
        self._supervision = Supervision(
            self.world.manager, streams, self._standing, lambda: self.journal.alive, self.world.now
        )

    def run(self, running: Running, setup: SessionSetup) -> Outcome:
        """Run one session after another until the sampler ends; raise what it failed of, if it did."""
        blocks = self._until_failure(running)
        total = Outcome()
        while True:
            outcome = self._session(running, blocks, setup, total.ended_s)
            total.reps += outcome.reps
            total.sets += outcome.sets
            total.rejected += outcome.rejected
            total.faults |= outcome.faults
            total.ended_s += outcome.ended_s
            total.faults |= self._guarded.faults
            if self.ended:
                for line in self._samples.lines():
                    say(line)
                if self.failure is not None:
                    raise self.failure
                return total
            named = self.requests.setup(self.world.wall.name_of(self.start_s + total.ended_s))
            setup = self.earlier.told(named)
            self._guarded("panel", self.outlets.begin, PanelView.of(setup))

    def _session(
        self, running: Running, blocks: Iterator[Sampled], setup: SessionSetup, origin_s: float
    ) -> Outcome:
        wall, host_s = self.world.wall, self.start_s + origin_s
        activity = Activity(
            self.config.session.ends_after_min * 60.0, self.config.recording.longest_min * 60.0
        )
        self.recordings.begin(setup, self.calibration, host_s)
        self._tracker = tracker_for(setup)
        outputs: list[Output] = [
            *self.recordings.outputs,
            *self.outlets.outputs,
            activity,
            self.earlier,
            self.leg_seen,
            self._supervision,
        ]
        keeper = Dated(self.journal, wall, host_s, setup.session)
        loop = Loop(self._tracker, keeper, outputs, on_fault=telling(self.outlets.face))
        outcome = loop.run(self._taken_in(running, blocks, origin_s, activity, keeper))
        self.recordings.end(keep=activity.happened or self.ended)
        return outcome

    def _until_failure(self, running: Running) -> Iterator[Sampled]:
        """Let a sampler that fails end the session in order, with its last rep and set, before it is told."""
        try:
            yield from running
        except Exception as error:
            self.failure = error

    def _taken_in(
        self,
        running: Running,
        blocks: Iterator[Sampled],
        origin_s: float,
        activity: Activity,
        keeper: Dated,
    ) -> Iterator[SampleBlock]:
        """Yield the session's blocks, each after everything that wants it in counts has had it.

        Nothing but the sensors' own counts decides whether a block is tracked: a part that fails is told.
        """
        for sampled in blocks:
            self._samples.add(sampled.health)
            block = since(sampled.block, origin_s)
            self._guarded("requests", self._attend, sampled.block, block.start_s)
            self._guarded("recorder", self.recordings.block, block)
            activity.sampled(block)
            self._guarded("panel", self.outlets.announced, block.announced)
            self._guarded("supervision", self._supervision.sampled, block, sampled.health.faults)
            self._guarded("faults", self._look, sampled, keeper, block.end_s)
            measured = apply(self.calibration, usable(block, self.calibration))
            self._overload.sampled(sampled.block.end_s, measured, self.calibration.load)
            self._guarded("live topic", self.outlets.sampled, measured)
            yield measured
            if self.world.asked() and not self.stopping:
                self.stopping = True
                self.world.manager.stopping()
                running.stop()
            if (activity.over(block.end_s) or self.requests.changed) and not self.stopping:
                return
        self.ended = True

    def _attend(self, block: RawBlock, start_s: float) -> None:
        """Do what was asked for since the block before; a tare holds from `start_s` (session time)."""
        self.taring.sampled(block)
        if (tared := self.requests.attend()) is not None:
            self.outlets.answer(tared)
        if (load := self.taring.taken()) is not None:
            self.calibration = msgspec.structs.replace(self.calibration, load=load)
            self.recordings.calibrate(self.calibration, start_s)

    def _look(self, sampled: Sampled, keeper: Dated, session_s: float) -> None:
        """Show, tell and keep what is wrong now, and what no longer is."""
        wrong = {str(stream): what for stream, what in sampled.health.faults.items()}
        if (overload := self._overload.wrong(sampled.block.end_s)) is not None:
            wrong.setdefault(str(Stream.LOAD), overload)
        if self._tracker.cable_stuck:
            wrong.setdefault(str(Stream.CABLE), _CABLE_STUCK)
        wrong |= self.recordings.wrong
        if (unkept := self.journal.status.wrong) is not None:
            wrong["journal"] = unkept
        wrong |= self.outlets.wrong
        if (weak := self._power.wrong(sampled.block.end_s)) is not None:
            wrong["power"] = weak
        wrong |= self.wrong
        keeper.note(self._faults.see(sampled.block.end_s, wrong), session_s)
        for note in self.recordings.notes():
            say(note)

    def _standing(self) -> Iterator[str]:
        if self.outlets.publishing is not None:
            yield f"broker {self.outlets.publishing}"
        yield from self.recordings.standing
