"""What a program does to the files of one folder, call by call, as `strace` sees it."""

import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

_CALLS = "openat,write,pwrite64,lseek,ftruncate,fallocate,fsync,fdatasync,/^rename,/^unlink"
_LINE = re.compile(r"(?:\d+ +)?(\w+)\((.*)\) += (-?\d+)")
_TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
_DESCRIPTOR = re.compile(r"^(?:AT_FDCWD|(\d+))<((?:\\x[0-9a-f]{2})*)>")


@dataclass(frozen=True, slots=True)
class Opened:
    """A file was opened; `empty`: and made empty."""

    path: Path
    empty: bool


@dataclass(frozen=True, slots=True)
class Written:
    """Bytes went to a place in a file."""

    path: Path
    at: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Cut:
    """A file got another length."""

    path: Path
    length: int


@dataclass(frozen=True, slots=True)
class Synchronised:
    """What was done to a file or a folder so far is safe."""

    path: Path


@dataclass(frozen=True, slots=True)
class Renamed:
    """A file got another name."""

    path: Path
    to: Path


@dataclass(frozen=True, slots=True)
class Removed:
    """A name went."""

    path: Path


@dataclass(frozen=True, slots=True)
class Said:
    """The program said on standard output that something is safe."""

    text: str


Step = Opened | Written | Cut | Synchronised | Renamed | Removed | Said


def strace_works() -> bool:
    """Whether `strace` is installed and allowed here."""
    program = shutil.which("strace")
    return (
        program is not None
        and subprocess.run([program, "-o", "/dev/null", "true"], check=False).returncode == 0
    )


def steps_of(command: Sequence[str], folder: Path, trace: Path) -> list[Step]:
    """Run a program to its end and return what it did in `folder`; `trace` is where strace writes."""
    tracing = ["strace", "-f", "-y", "-xx", "-s", "1000000", "-o", str(trace), "-e", f"trace={_CALLS}"]
    subprocess.run([*tracing, *command], stdout=subprocess.PIPE, timeout=120, check=True)
    return list(_steps(trace, folder.resolve()))


def _steps(trace: Path, folder: Path) -> Iterator[Step]:
    places: dict[tuple[str, Path], int] = {}
    for line in _whole_lines(trace):
        found = _LINE.match(line)
        if found is None or int(found[3]) < 0:
            continue
        call, arguments, result = found[1], found[2], int(found[3])
        texts = [_bytes(text) for text in _TEXT.findall(arguments)]
        descriptor = _DESCRIPTOR.match(arguments)
        number = None if descriptor is None else descriptor[1]
        path = None if descriptor is None else Path(_bytes(descriptor[2]).decode())
        if call == "write" and number == "1":
            yield Said(texts[0].decode())
        elif call == "openat":
            opened = _named(texts[0], path)
            if folder in opened.parents:
                places[str(result), opened] = 0
                if "O_CREAT" in arguments or "O_TRUNC" in arguments:
                    yield Opened(opened, "O_TRUNC" in arguments)
        elif call in ("rename", "renameat", "renameat2"):
            if folder in Path(texts[0].decode()).parents:
                yield Renamed(Path(texts[0].decode()), Path(texts[1].decode()))
        elif call in ("unlink", "unlinkat"):
            if folder in Path(texts[0].decode()).parents:
                yield Removed(Path(texts[0].decode()))
        elif path is not None and number is not None and (path == folder or folder in path.parents):
            last = arguments.rsplit(", ", 1)[-1]
            place = number, path
            if call == "pwrite64":
                yield Written(path, int(last), texts[0][:result])
            elif call == "write":
                yield Written(path, places[place], texts[0][:result])
                places[place] += result
            elif call == "lseek":
                places[place] = result
            elif call == "ftruncate":
                yield Cut(path, int(last))
            elif call in ("fsync", "fdatasync"):
                yield Synchronised(path)
            elif call == "fallocate":
                raise ValueError("fallocate is not modelled")


def _whole_lines(trace: Path) -> Iterator[str]:
    """Join what strace tells in two parts because another thread came in between."""
    begun: dict[str, str] = {}
    for line in trace.read_text(encoding="ascii").splitlines():
        process = line.split(maxsplit=1)[0]
        if line.endswith("<unfinished ...>"):
            begun[process] = line.removesuffix("<unfinished ...>").rstrip()
        elif " resumed>" in line:
            yield begun.pop(process) + line.partition(" resumed>")[2]
        else:
            yield line


def _named(name: bytes, folder: Path | None) -> Path:
    return (folder or Path("/")) / name.decode()


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text.replace("\\x", ""))
