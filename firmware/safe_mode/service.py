"""A start of the service: it counts, or it says what keeps it from counting."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from firmware.appliance.world import World
from firmware.commands.say import say
from firmware.config import Config
from firmware.errors import BadInputError, FaultError
from firmware.safe_mode.showing import show_what_is_wrong
from firmware.safe_mode.starts import PROVEN_S, Starts

AGAIN_S = 600.0
"""After so long in safe mode it is tried again."""

_LOOK_AT_CONFIG_S = 5.0

OutcomeT = TypeVar("OutcomeT")


class Service:
    """One start, as a service manager asks for it; a person at a terminal reads the error itself.

    `load` reads the config. `alone` raises FaultError where another one is at work, whose display and name
    at the broker are not to be taken. `pause` waits for so many seconds, less when an end is asked for.
    """

    def __init__(
        self,
        load: Callable[[], Config],
        alone: Callable[[Config], None],
        starts: Starts,
        world: World,
        pause: Callable[[float], object],
    ) -> None:
        self._load = load
        self._alone = alone
        self._starts = starts
        self._world = world
        self._pause = pause

    def run(self, count: Callable[[Config], OutcomeT]) -> OutcomeT | None:
        """Count with the config; None when an end was asked for in safe mode.

        A config that cannot be used is waited for, in safe mode with the one that worked last: where there
        is none, raise BadInputError, after which the service manager is to leave it. After three starts in
        a row that came to nothing the fourth is in safe mode for ten minutes. Either ends with FaultError,
        after which the service manager is to start it anew.
        """
        try:
            config = self._load()
        except BadInputError as error:
            self._in_safe_mode(error, self._until_mended())
            return None
        self._alone(config)
        if self._starts.too_many:
            self._starts.allow_one()
            failed = f"{self._starts.failed} starts in a row failed: {self._starts.why}"
            self._shown(config, failed, lambda passed_s: passed_s >= AGAIN_S)
            return None
        try:
            return self._counted(config, count)
        except BadInputError as error:
            self._in_safe_mode(error, lambda passed_s: passed_s >= AGAIN_S)
            return None

    def _counted(self, config: Config, count: Callable[[Config], OutcomeT]) -> OutcomeT:
        self._starts.begin()
        try:
            with self._proven_after_a_while(config):
                outcome = count(config)
        except Exception as error:
            self._starts.fail(str(error) or type(error).__name__)
            raise
        self._starts.prove(config)
        return outcome

    @contextmanager
    def _proven_after_a_while(self, config: Config) -> Iterator[None]:
        """A proof that is being written, on a bad card for seconds, is waited for: one writes at a time."""
        proof = threading.Timer(PROVEN_S, self._starts.prove, (config,))
        proof.daemon = True
        proof.start()
        try:
            yield
        finally:
            proof.cancel()
            proof.join()

    def _in_safe_mode(self, error: BadInputError, until: Callable[[float], bool]) -> None:
        config = self._starts.last_good()
        if config is None:
            raise error
        self._alone(config)
        say(f"{error}; safe mode until it is mended")
        self._shown(config, str(error), until)

    def _shown(self, config: Config, why: str, until: Callable[[float], bool]) -> None:
        show_what_is_wrong(config, why, self._world, pause=self._pause, until=until)
        if not self._world.asked():
            raise FaultError("the end of safe mode: to be started anew")

    def _until_mended(self) -> Callable[[float], bool]:
        """Tell whether the config can be read again, which is looked at now and then."""
        looked_s = 0.0

        def mended(passed_s: float) -> bool:
            nonlocal looked_s
            if passed_s - looked_s < _LOOK_AT_CONFIG_S:
                return False
            looked_s = passed_s
            try:
                self._load()
            except BadInputError:
                return False
            return True

        return mended
