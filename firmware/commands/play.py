"""Play: a recording through the same parts as a live session, for `replay` and `demo`."""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass

from firmware.app import Loop, Output
from firmware.commands.broker_watch import BrokerWatch, delivery_lines
from firmware.commands.face import face_for, summary_line, telling, telling_of, unread
from firmware.commands.say import say
from firmware.commands.source import tracker_for
from firmware.interruption import Interruption
from firmware.mqtt.broker import Broker
from firmware.mqtt.link import Link
from firmware.mqtt.live import LiveFeed
from firmware.mqtt.publisher import Delivery, Publisher
from firmware.mqtt.retained import Info, info_of
from firmware.mqtt.topics import Topics
from firmware.numbering import AtOnce, Numbering
from firmware.pacing import paced
from firmware.panel.terminal import TerminalPanel
from firmware.panel.view import PanelView
from firmware.recording import Recording
from tracker.blocks import SampleBlock

BROKEN_PIPE = 141
_GOODBYE_S = 2.0


@dataclass(frozen=True, slots=True)
class Playing:
    """How to play: `speed` None is as fast as it goes, `broker` None publishes nothing.

    `wait_s` bounds the wait for the broker's acknowledgements at the end. `screen`: whether to show what a
    display at the machine would. `live`: whether to publish the live topic, which nobody can ask for here.
    """

    device: str
    speed: float | None
    broker: Broker | None
    labels: tuple[str, ...]
    wait_s: float = 10.0
    screen: bool = False
    live: bool = False


def play(recording: Recording, playing: Playing) -> int:
    """Play a recording to its end or until it is interrupted; return the exit code."""
    topics = Topics(playing.device)
    tracker = tracker_for(recording.setup)
    numbering = Numbering(playing.device, replay=True)
    view = PanelView.of(recording.setup, playing.labels)
    with Interruption() as interruption, ExitStack() as open_parts:
        link = None if playing.broker is None else Link(playing.broker, playing.device)
        publisher = None
        if link is not None:
            publisher = Publisher(link, topics, _info(recording, playing), view)
            link.open()
            open_parts.callback(link.close, _GOODBYE_S)
        face = face_for(
            view, lambda: None if publisher is None else publisher.standing, screen=playing.screen
        )
        if isinstance(face, TerminalPanel):
            face.open()
            open_parts.callback(face.close)
        watch = None if link is None else BrokerWatch(link)
        live = None if link is None or not playing.live else LiveFeed(link, topics, always=True)
        outputs: list[Output] = [part for part in (publisher, face, watch, live) if part is not None]
        loop = Loop(
            tracker,
            AtOnce(lambda result: numbering.number(result, recording.started_at)),
            outputs,
            on_fault=telling(face),
        )
        outcome = loop.run(
            _sampled_by(live, telling_of(paced(recording.blocks(), playing.speed, interruption.wait), face)),
            stop=lambda: interruption.asked or unread(face),
        )
        delivery = None
        if publisher is not None and watch is not None:
            delivery = _drained(publisher, interruption, playing.wait_s)
            watch.look()
            face.end(outcome.ended_s)
    if unread(face):
        return BROKEN_PIPE
    print(summary_line(outcome))
    if delivery is not None:
        for line in delivery_lines(delivery, str(playing.broker)):
            say(line)
    return interruption.exit_code


def _info(recording: Recording, playing: Playing) -> Info:
    return info_of(
        playing.device,
        replay=True,
        simulated=recording.simulated,
        capabilities=tuple(str(stream) for stream in recording.streams),
    )


def _sampled_by(live: LiveFeed | None, blocks: Iterable[SampleBlock]) -> Iterator[SampleBlock]:
    """Pass blocks on; the live topic takes each before it is tracked."""
    for block in blocks:
        if live is not None:
            live.sampled(block)
        yield block


def _drained(publisher: Publisher, interruption: Interruption, wait_s: float) -> Delivery:
    """Wait for the broker; whoever interrupts has waited enough."""
    if interruption.asked:
        return publisher.drain(_GOODBYE_S)
    return publisher.drain(wait_s, stop=lambda: interruption.asked)
