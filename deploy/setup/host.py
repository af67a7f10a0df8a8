"""Host: the computer that is set up: its files, below a root folder, and its programs."""

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from deploy.setup.errors import SetupError


@dataclass(frozen=True, slots=True)
class Ran:
    """How a program ended: its exit code, what it wrote, and what it complained of."""

    code: int
    out: str = ""
    err: str = ""


Programs = Callable[[Sequence[str], str], Ran]
"""Runs a program with its arguments and what it reads."""


def run_program(argv: Sequence[str], given: str = "") -> Ran:
    """Run a program; one that does not exist ends with 127, as in a shell."""
    try:
        ran = subprocess.run(argv, input=given, capture_output=True, text=True, errors="replace", check=False)
    except FileNotFoundError:
        return Ran(127, "", f"{argv[0]} is not installed")
    except OSError as error:
        return Ran(126, "", f"{argv[0]}: {error.strerror}")
    return Ran(ran.returncode, ran.stdout, ran.stderr)


def give_to(path: Path, owner: str) -> None:
    """Let a file or folder belong to `user` or `user:group`."""
    user, _, group = owner.partition(":")
    shutil.chown(path, user, group or None)


@dataclass
class Host:
    """`root`: what stands for `/`. `programs`, `own`, `sleep`: replaced in tests, as are the user's
    number and the answers of a terminal (`ask`, None where there is none).
    """

    root: Path = Path("/")
    programs: Programs = run_program
    own: Callable[[Path, str], None] = give_to
    sleep: Callable[[float], None] = time.sleep
    user_id: Callable[[], int] = os.geteuid
    ask: Callable[[str], str] | None = None
    say: Callable[[str], None] = field(default=lambda line: print(line, flush=True))

    def at(self, path: str) -> Path:
        """Where an absolute path lies."""
        return self.root / path.lstrip("/")

    def text(self, path: str) -> str | None:
        """What a text file holds; None where there is none."""
        try:
            return self.at(path).read_text(encoding="utf-8", errors="surrogateescape")
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise SetupError(f"{path}: cannot be read ({error.strerror})") from None

    def run(self, *argv: str, given: str = "") -> Ran:
        """Run a program."""
        return self.programs(argv, given)

    def need(self, what: str, *argv: str, given: str = "") -> str:
        """Run a program that must succeed; `what` it does begins the complaint. Return what it wrote."""
        ran = self.run(*argv, given=given)
        if ran.code:
            raise SetupError(f"{what} failed: {last_line(ran)}")
        return ran.out

    @property
    def has_systemd(self) -> bool:
        """Whether systemd runs this computer; in a folder that is being prepared it does not."""
        return self.at("/run/systemd/system").is_dir()


def last_line(ran: Ran) -> str:
    """What a program said last, where an error says most."""
    lines = [line.strip() for line in (ran.err or ran.out).splitlines() if line.strip()]
    errors = [line for line in lines if line.lower().startswith(("error", "e:"))]
    return (errors or lines or [f"exit code {ran.code}"])[-1][:300]
