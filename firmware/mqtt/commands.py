"""Commands: messages from anybody at the broker, judged before anything is done."""

import logging
import re
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import monotonic
from typing import TypeVar

import msgspec

from firmware.mqtt.pace import Pace
from firmware.mqtt.received import LARGEST_BYTES, Received
from firmware.mqtt.verbs import VERBS, Command, CommandResult

_VERB = re.compile(r"[a-z-]{1,32}")
_REASON_AT_MOST = 200
_REMEMBERED = 256

PER_SECOND = 5
AT_ONCE = 20
"""More than a scene in Home Assistant sets, and no more than a machine can be asked to do by many phones."""

_ALWAYS = "end-set"
"""It has an allowance of its own: whatever others ask for, a lifter can end the set."""

CommandT = TypeVar("CommandT", bound=Command)

Action = Callable[[Command], str | None]
"""Does what a command asks; returns why it cannot be done, None when it was done."""

log = logging.getLogger(__name__)


def action(kind: type[CommandT], do: Callable[[CommandT], str | None]) -> Action:
    """An action for one kind of command."""

    def checked(command: Command) -> str | None:
        assert isinstance(command, kind)
        return do(command)

    return checked


@dataclass(slots=True)
class Ignored:
    """Messages that were not answered, by why: they are retained, or their topic names no verb."""

    retained: int = 0
    unnamed: int = 0


class Commands:
    """Answers each command once. `actions` are those this device can do; every other verb is refused.

    Nothing is changed by a message that is retained (a broker would repeat it with every connect),
    larger than 4 kB, malformed, or beyond the range of its verb. A `request_id` that came before gets
    the answer it got then. An action that fails is answered as refused; it ends nothing. More than `AT_ONCE`
    at once and `PER_SECOND` in the long run are refused, and may be asked for again with their `request_id`;
    what is malformed or came before takes none of that from others. `clock`: in seconds.
    """

    def __init__(self, actions: Mapping[str, Action], clock: Callable[[], float] = monotonic) -> None:
        unknown = set(actions) - set(VERBS)
        if unknown:
            raise ValueError(f"no such verbs: {', '.join(sorted(unknown))}")
        self._actions = actions
        self._done: OrderedDict[str, tuple[str, bytes, CommandResult]] = OrderedDict()
        self._pace = Pace(AT_ONCE, PER_SECOND, clock)
        self._pace_always = Pace(AT_ONCE, PER_SECOND, clock)
        self.ignored = Ignored()

    def answer(self, message: Received) -> CommandResult | None:
        """Do what a message asks and say what became of it; None when it is to be passed over."""
        verb = _verb(message.topic)
        if message.retained:
            self.ignored.retained += 1
            log.info("a retained command is ignored: %.60s", verb)
            return None
        if _VERB.fullmatch(verb) is None:
            self.ignored.unnamed += 1
            return None
        if message.size > LARGEST_BYTES:
            return _refused(verb, None, f"{message.size} bytes are more than {LARGEST_BYTES}")
        kind = VERBS.get(verb)
        if kind is None:
            return _refused(verb, None, f"unknown verb; known are {', '.join(VERBS)}")
        try:
            command = msgspec.json.decode(message.payload or b"{}", type=kind, strict=True)
        except (msgspec.DecodeError, ValueError, RecursionError) as error:
            return _refused(verb, None, str(error))
        return self._once(verb, message.payload, command)

    def missed(self, topic: str, number: int) -> CommandResult | None:
        """Say of so many commands that they came too fast to be looked at; None where they name no verb."""
        verb = _verb(topic)
        if verb not in VERBS:
            return None
        log.warning("%d commands %s came faster than they can be looked at", number, verb)
        return _refused(verb, None, f"{number} came faster than they can be looked at, and were not done")

    def _once(self, verb: str, payload: bytes, command: Command) -> CommandResult:
        request = command.request_id
        if request is not None and request in self._done:
            done_verb, done_payload, result = self._done[request]
            if (done_verb, done_payload) != (verb, payload):
                return _refused(verb, request, "this request_id was used for another command")
            return msgspec.structs.replace(result, repeated=True)
        pace = self._pace_always if verb == _ALWAYS else self._pace
        if not pace.allows():
            return _refused(verb, request, f"too many commands; {PER_SECOND} a second are done, try again")
        pace.went()
        result = self._do(verb, command)
        if request is not None:
            self._done[request] = verb, payload, result
            if len(self._done) > _REMEMBERED:
                self._done.popitem(last=False)
        return result

    def _do(self, verb: str, command: Command) -> CommandResult:
        act = self._actions.get(verb)
        if act is None:
            return _refused(verb, command.request_id, "this device cannot do that")
        try:
            reason = act(command)
        except Exception as error:
            log.exception("the command %s failed", verb)
            reason = f"it failed: {type(error).__name__}"
        if reason is not None:
            return _refused(verb, command.request_id, reason)
        return CommandResult(verb=verb, request_id=command.request_id, done=True, reason=None)


def _verb(topic: str) -> str:
    return topic.rsplit("/", 1)[-1]


def _refused(verb: str, request_id: str | None, reason: str) -> CommandResult:
    short = reason if len(reason) <= _REASON_AT_MOST else reason[: _REASON_AT_MOST - 1] + "…"
    return CommandResult(verb=verb, request_id=request_id, done=False, reason=short)
