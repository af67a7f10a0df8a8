"""Running: every sensor sampled, recorded and tracked, one session after another."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

from firmware.activity import Activity
from firmware.app import Loop, Outcome, Output
from firmware.appliance.fittings import machine_panel
from firmware.appliance.intake import since, usable
from firmware.appliance.keeping import Dated, opened_journal
from firmware.appliance.outlets import Outlets, broker_of
from firmware.appliance.requests import Requests
from firmware.appliance.world import Running, World
from firmware.commands.face import telling
from firmware.commands.say import say
from firmware.commands.source import tracker_for
from firmware.config import Config, Places
from firmware.errors import BadInputError
from firmware.faults import Faults
from firmware.journal.journal import Journal
from firmware.panel.view import PanelView
from firmware.recording.pruning import prune
from firmware.recording.recorder import Limits, Recorder
from firmware.recording.recovery import Recovery
from firmware.rig import calibrated, wired
from firmware.sampling.account import Sampled
from firmware.sampling.sampler import Sampler
from firmware.supervision import Supervision
from tracker.blocks import SampleBlock
from tracker.calibration import Calibration, apply
from tracker.setup import SessionSetup


def appliance(
    config: Config,
    places: Places,
    world: World,
    measured: Calibration | None = None,
    notes: Sequence[str] = (),
) -> Outcome:
    """Run until an end is asked for; return what all sessions together came to.

    `measured`: what is known of this machine's sensors, `notes`: what is wrong with that. Raise
    BadInputError when the config cannot be used as it is. A sensor, a broker or a disk that fails is
    said, shown, and waited for.
    """
    streams = config.sensors.enabled
    if not streams:
        raise BadInputError("every sensor is switched off in the config; enable one")
    broker = broker_of(config.mqtt)
    calibration, more = calibrated(config.sensors, measured)
    wrong = {"calibration": "; ".join((*notes, *more))} if notes or more else {}
    with ExitStack() as parts:
        journal = opened_journal(places.journal, config.device.id, world, parts)
        recovery = None
        if config.recording.enabled:
            recovery = Recovery(places.recordings)
            parts.callback(recovery.stop)
        sampler = Sampler(wired(config.sensors, world.open_bus, world.now), world.now)
        requests = Requests(config.session, sampler.announce)
        setup = requests.setup(world.wall.name_of(sampler.start_s))
        view = PanelView.of(setup)
        machine = machine_panel(config.panel, view, world, requests, parts)
        outlets = Outlets(config, broker, journal, requests, view, machine, parts)
        live = _Live(
            config, places, world, calibration, outlets, journal, requests, sampler.start_s, recovery, wrong
        )
        outcome = live.run(parts.enter_context(world.sampling(sampler)), setup)
        outlets.drain()
    return outcome


class _Live:
    """The blocks of one sampler, session by session."""

    def __init__(
        self,
        config: Config,
        places: Places,
        world: World,
        calibration: Calibration,
        outlets: Outlets,
        journal: Journal,
        requests: Requests,
        start_s: float,
        recovery: Recovery | None,
        wrong: Mapping[str, str],
    ) -> None:
        self._config = config
        self._places = places
        self._world = world
        self._calibration = calibration
        self._outlets = outlets
        self._start_s = start_s
        self._recovery = recovery
        self._wrong = wrong
        self._journal = journal
        self._requests = requests
        streams = config.sensors.enabled
        self._faults = Faults(tuple(map(str, streams)), say, outlets.show)
        self._supervision = Supervision(
            world.manager, streams, self._standing, lambda: journal.alive, world.now
        )
        self._recorder: Recorder | None = None
        self._recorders: list[Recorder] = []
        self._ended = self._stopping = False

    def run(self, running: Running, setup: SessionSetup) -> Outcome:
        """Run one session after another until the sampler ends; every recording is finished either way."""
        try:
            return self._run(running, setup)
        finally:
            for recorder in self._recorders:
                recorder.close()

    def _run(self, running: Running, setup: SessionSetup) -> Outcome:
        blocks = iter(running)
        total = Outcome()
        while True:
            outcome = self._session(running, blocks, setup, total.ended_s)
            total.reps += outcome.reps
            total.sets += outcome.sets
            total.rejected += outcome.rejected
            total.faults |= outcome.faults
            total.ended_s += outcome.ended_s
            if self._ended:
                return total
            setup = self._requests.setup(self._world.wall.name_of(self._start_s + total.ended_s))
            self._outlets.begin(PanelView.of(setup))

    def _session(
        self, running: Running, blocks: Iterator[Sampled], setup: SessionSetup, origin_s: float
    ) -> Outcome:
        wall, host_s = self._world.wall, self._start_s + origin_s
        recording = self._config.recording
        activity = Activity(self._config.session.ends_after_min * 60.0, recording.longest_min * 60.0)
        self._recorder = self._begun(setup, host_s) if recording.enabled else None
        written = () if self._recorder is None else (self._recorder,)
        outputs: list[Output] = [*written, *self._outlets.outputs, activity, self._supervision]
        keeper = Dated(self._journal, wall, host_s)
        loop = Loop(tracker_for(setup), keeper, outputs, on_fault=telling(self._outlets.face))
        outcome = loop.run(self._taken_in(running, blocks, origin_s, activity))
        if self._recorder is not None:
            if not (activity.happened or self._ended):
                self._recorder.forget()
            self._recorder.finish()
        return outcome

    def _begun(self, setup: SessionSetup, host_s: float) -> Recorder:
        """A recorder at work; those of earlier sessions finish their files meanwhile, in their own time."""
        self._recorders = [each for each in self._recorders if not each.finished]
        recorder = self._recorder_of(setup, host_s)
        recorder.start()
        self._recorders.append(recorder)
        return recorder

    def _recorder_of(self, setup: SessionSetup, host_s: float) -> Recorder:
        wall, recording = self._world.wall, self._config.recording

        def tidy(folder: Path) -> None:
            today = wall.utc
            if recording.keep_days and today is not None:
                prune(folder, today - timedelta(days=recording.keep_days))

        return Recorder(
            self._places.recordings,
            setup,
            self._calibration,
            limits=Limits(recording.longest_min * 60.0, recording.keep_free_mb * 1_000_000),
            started_at=lambda: wall.at(host_s) if wall.synchronized else None,
            tidy=tidy,
        )

    def _taken_in(
        self, running: Running, blocks: Iterator[Sampled], origin_s: float, activity: Activity
    ) -> Iterator[SampleBlock]:
        """Yield the session's blocks, each after everything that wants it in counts has had it."""
        for sampled in blocks:
            block = since(sampled.block, origin_s)
            if self._recorder is not None:
                self._recorder.block(block)
            activity.sampled(block)
            self._outlets.announced(block.announced)
            self._supervision.sampled(block, sampled.health.faults)
            self._look(sampled)
            measured = apply(self._calibration, usable(block, self._calibration))
            self._outlets.sampled(measured)
            yield measured
            if self._world.asked() and not self._stopping:
                self._stopping = True
                self._world.manager.stopping()
                running.stop()
            if (activity.over(block.end_s) or self._requests.changed) and not self._stopping:
                return
        self._ended = True

    def _look(self, sampled: Sampled) -> None:
        wrong = {str(stream): what for stream, what in sampled.health.faults.items()}
        if self._recorder is not None and self._recorder.fault is not None:
            wrong[self._recorder.name] = self._recorder.fault
        if (unkept := self._journal.status.wrong) is not None:
            wrong["journal"] = unkept
        wrong |= self._outlets.wrong
        wrong |= self._wrong
        self._faults.see(sampled.block.end_s, wrong)
        for note in () if self._recovery is None else self._recovery.notes():
            say(note)

    def _standing(self) -> Iterator[str]:
        if self._outlets.publishing is not None:
            yield f"broker {self._outlets.publishing}"
        if self._recorder is not None:
            yield "recording stopped" if self._recorder.fault else "recording"
