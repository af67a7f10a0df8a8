"""A computer for the set-up to work on: files below a folder, and strict models of Debian's programs.

A program that the model does not know, or an argument that the real one would refuse, fails the test. What a
release does when it is started stands in its own `firmware/behaviour`: good, crash, unready, dies, hangs ...
"""

import shutil
import tarfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from deploy.setup import layout
from deploy.setup.host import Host, Ran, run_program

ROOT = Path(__file__).parent.parent
BEFORE = frozenset({"apt", "bash", "python3", "systemd"})
BRINGS = {
    "mosquitto": {"mosquitto", "libmosquitto1"},
    "python3-venv": {"python3-venv"},
    "openssl": {"openssl"},
    "python3-lgpio": {"python3-lgpio", "liblgpio1"},
}
NO = Ran(1)
YES = Ran(0)


class PowerCutError(BaseException):
    """The end of everything, at any moment."""


@dataclass
class Service:
    """What systemd knows of the tracker; `age_s`: since its start, `fed_s`: when the watchdog was."""

    active: bool = False
    restarts: int = 0
    result: str = "success"
    status: int = 0
    text: str = ""
    age_s: float = 0.0
    fed_s: float = 0.0


@dataclass
class Computer:
    """`acts`: the programs that altered something, in order. `network`: whether packages can be had.
    `page_works`: whether the page stays up. `cut_after`: so many programs or replaced files later the power
    is cut.
    """

    root: Path
    boots: bool = True
    network: bool = True
    systemd: int = 257
    packages: set[str] = field(default_factory=lambda: set(BEFORE))
    needed: set[str] = field(default_factory=set)
    users: dict[str, set[str]] = field(default_factory=dict)
    groups: set[str] = field(default_factory=set)
    enabled: set[str] = field(default_factory=set)
    acts: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    owners: dict[str, str] = field(default_factory=dict)
    service: Service = field(default_factory=Service)
    broker: bool = False
    page: bool = False
    page_works: bool = True
    now_s: float = 0.0
    cut_after: int | None = None

    def __post_init__(self) -> None:
        for path, text in {
            "/etc/os-release": 'PRETTY_NAME="Debian GNU/Linux 13 (trixie)"\nID=debian\nVERSION_ID="13"\n',
            "/etc/hostname": "kraftraum\n",
            "/proc/mounts": "/dev/mmcblk0p2 / ext4 rw,noatime 0 0\n",
            "/proc/net/tcp": "  sl  local_address\n",
        }.items():
            self.write(path, text)
        for folder in ("/var/lib", "/var/tmp", "/opt", "/run", "/usr/local/bin", "/usr/local/sbin"):
            (self.root / folder[1:]).mkdir(parents=True, exist_ok=True)
        for folder in ("/etc/systemd/system", "/etc/modules-load.d"):
            (self.root / folder[1:]).mkdir(parents=True, exist_ok=True)
        if self.boots:
            (self.root / "run/systemd/system").mkdir(parents=True, exist_ok=True)

    @property
    def host(self) -> Host:
        return Host(
            root=self.root,
            programs=self.run,
            own=self._own,
            sleep=self._sleep,
            user_id=lambda: 0,
            say=self.said.append,
        )

    def write(self, path: str, text: str) -> None:
        there = self.root / path[1:]
        there.parent.mkdir(parents=True, exist_ok=True)
        there.write_text(text)

    def files(self) -> dict[str, tuple[int, bytes]]:
        """Every file, link and folder with its mode and content."""
        return {
            str(path.relative_to(self.root)): (
                path.lstat().st_mode,
                b"" if path.is_dir() or path.is_symlink() else path.read_bytes(),
            )
            for path in self.root.rglob("*")
        }

    def step(self) -> None:
        """One more thing done; the power may go before the next."""
        if self.cut_after is not None:
            if self.cut_after == 0:
                raise PowerCutError
            self.cut_after -= 1

    def restart(self) -> None:
        """Switch the computer on again: systemd starts what is enabled."""
        self.cut_after = None
        self.service = Service()
        if layout.SERVICE in self.enabled:
            self._start()
            self._sleep(60.0)

    def run(self, argv: Sequence[str], given: str) -> Ran:
        self.step()
        words = list(argv)
        while words[0] == "env" or "=" in words[0]:
            words.pop(0)
        if words[0] == "runuser":
            assert words[1:4] == ["-u", "kickback", "--"]
            assert "kickback" in self.users
            words = words[4:]
        if words[0].startswith(layout.OPT) or words[0] == layout.COMMAND:
            return self._installed(words)
        known: dict[str, Callable[[list[str]], Ran]] = {
            "apt-cache": lambda words: YES if words[1:2] == ["show"] and words[2] in BRINGS else NO,
            "apt-get": self._apt,
            "dpkg": lambda words: Ran(0, "amd64\n"),
            "dpkg-query": lambda words: Ran(0, "".join(f"ii  {name}\n" for name in sorted(self.packages))),
            "getent": self._getent,
            "groupadd": lambda words: self._act(words, self.groups.add, words[-1]),
            "groupdel": lambda words: self._act(words, self.groups.remove, words[-1]),
            "id": lambda words: Ran(0, " ".join(self.users[words[-1]])),
            "mosquitto_passwd": self._hash,
            "openssl": self._openssl,
            "python3": self._venv,
            "ssh-keygen": lambda words: run_program(words, given),
            "systemctl": self._systemctl,
            "tar": self._tar,
            "useradd": self._useradd,
            "userdel": lambda words: self._act(words, self.users.pop, words[-1]),
        }
        return known[words[0]](words)

    def _act(self, words: list[str], act: Callable[..., object] = lambda: None, *arguments: object) -> Ran:
        self.acts.append(" ".join(words))
        act(*arguments)
        return YES

    def _own(self, path: Path, owner: str) -> None:
        assert set(owner.split(":")) <= {"root", "mosquitto"}
        assert "mosquitto" not in owner or "mosquitto" in self.packages
        self.owners[f"/{path.relative_to(self.root)}"] = owner

    def _sleep(self, seconds: float) -> None:
        self.step()
        self.now_s += seconds
        self._live(seconds)

    def _apt(self, words: list[str]) -> Ran:
        while words[1].startswith("-") and words[1] != "-s":
            del words[1 : 3 if words[1] == "-o" else 2]
        names = {word for word in words[2:] if not word.startswith("-")}
        match words[1]:
            case "update":
                return YES if self.network else Ran(100, "", "E: Temporary failure resolving")
            case "install":
                assert "-y" in words
                return self._act(
                    words, self.packages.update, {each for name in names for each in BRINGS[name]}
                )
            case "-s":
                names = set(words[3:]) | (self.needed & self.packages)
                return Ran(0, "".join(f"Purg {name} [1]\n" for name in names))
            case "purge":
                assert "-y" in words
                return self._act(words, self.packages.difference_update, names)
        raise AssertionError(words)

    def _getent(self, words: list[str]) -> Ran:
        kind = {"group": self.groups, "passwd": set(self.users)}[words[1]]
        return YES if words[2] in kind else Ran(2)

    def _useradd(self, words: list[str]) -> Ran:
        groups = set(words[words.index("--groups") + 1].split(","))
        assert groups <= self.groups, "useradd: group does not exist"
        assert "--system" in words
        return self._act(words, self.users.__setitem__, words[-1], groups)

    def _hash(self, words: list[str]) -> Ran:
        assert words[1] == "-U"
        file = Path(words[2])
        lines = [line.split(":") for line in file.read_text().splitlines()]
        file.write_text("".join(f"{user}:$7$hash of {len(password)}\n" for user, password in lines))
        return YES

    def _openssl(self, words: list[str]) -> Ran:
        for option in ("-in", "-CA", "-CAkey", "-extfile"):
            assert option not in words or Path(words[words.index(option) + 1]).is_file()
        for option in ("-keyout", "-out"):
            if option in words:
                Path(words[words.index(option) + 1]).write_text(f"{words[1]} {option}\n")
        return YES

    def _venv(self, words: list[str]) -> Ran:
        assert words[1:3] == ["-m", "venv"]
        assert "python3-venv" in self.packages, "ensurepip is not available"
        (self.root / words[-1][1:] / "bin").mkdir(parents=True)
        return self._act(words)

    def _installed(self, words: list[str]) -> Ran:
        """A program of a release."""
        if words[0] == layout.COMMAND:
            words[0] = f"{layout.CURRENT}/venv/bin/kickback"
        program = self.root / words[0][1:]
        if program.name == "python":
            assert words[1:4] == ["-m", "pip", "install"]
            return self._pip(words, self.root / words[-1][1:], program.parent.parent)
        if not program.exists():
            return Ran(127, "", "is not installed")
        flaw = (program.parent / "behaviour").read_text()
        match words[1]:
            case "--version":
                return Ran(0, "kickback 1\n")
            case "analyze":
                counts = Ran(0, '{"schema":"kickback.rep/1"}\n')
                return {"import": Ran(1, "", "SyntaxError"), "counts nothing": YES}.get(flaw, counts)
            case "doctor":
                state = "wrong" if flaw == "config" else "fine"
                return Ran(
                    0, f'{{"findings": [{{"part": "config", "state": "{state}", "what": "id is no key"}}]}}'
                )
        raise AssertionError(words)

    def _pip(self, words: list[str], source: Path, venv: Path) -> Ran:
        assert words[words.index("--only-binary") + 1] == ":all:", (
            "a source could do anything when it is built"
        )
        if not self.network and "--no-index" not in words:
            return Ran(1, "", "ERROR: No matching distribution found for numpy")
        if "--require-hashes" in words:
            assert source.is_file(), "the list of locked packages"
            return self._act(words)
        assert "--no-deps" in words, "every other package has a hash"
        assert "--no-build-isolation" in words, "what builds it would come without one"
        demo = venv / "lib/python3.13/site-packages/firmware/demo/session.mcap"
        demo.parent.mkdir(parents=True)
        demo.write_bytes(b"mcap")
        shutil.copy(source / "firmware" / "behaviour", venv / "bin" / "behaviour")
        (venv / "bin" / "kickback").write_text("#!")
        return self._act(words)

    def _tar(self, words: list[str]) -> Ran:
        with tarfile.open(words[2]) as archive:
            # Python 3.11.2, which Debian 12 has, knows no `filter` as an argument.
            archive.extraction_filter = getattr(tarfile, "data_filter", None)
            archive.extractall(words[words.index("-C") + 1])
        return YES

    def _systemctl(self, words: list[str]) -> Ran:
        names = [word for word in words[2:] if not word.startswith("-")]
        if not words[1].startswith("is-"):
            unknown = {name for name in names if name not in self._units()}
            assert unknown <= {"systemd-journald.service", "mosquitto.service"}, f"Unit {unknown} not found."
        match words[1]:
            case "--version":
                return Ran(0, f"systemd {self.systemd} ({self.systemd}.1)\n")
            case "is-enabled":
                return YES if names[0] in self.enabled else NO
            case "enable":
                return self._act(words, self.enabled.update, names)
            case "disable":
                return self._act(words, self.enabled.difference_update, names)
        assert self.boots, "System has not been booted with systemd as init system"
        match words[1]:
            case "is-active":
                others = {"mosquitto.service": self.broker, "kickback-dashboard.service": self.page}
                return YES if others.get(names[0], self.service.active) else Ran(3)
            case "restart" if names == ["kickback-dashboard.service"]:
                return self._act(words, setattr, self, "page", self.page_works)
            case "restart" if names == ["mosquitto.service"]:
                return self._act(words, setattr, self, "broker", True)
            case "is-failed":
                return YES if not self.service.active and self.service.result != "success" else NO
            case "show":
                return Ran(0, self._shown())
            case "start" if names == [layout.SERVICE]:
                self.acts.append(" ".join(words))
                return self._start()
            case "stop" if layout.SERVICE in names:
                self.page = self.page and "kickback-dashboard.service" not in names
                return self._act(words, setattr, self.service, "active", False)
            case "reset-failed" | "daemon-reload" | "restart" | "try-restart" | "stop":
                return self._act(words)
        raise AssertionError(words)

    def _units(self) -> set[str]:
        return {path.name for path in (self.root / "etc/systemd/system").glob("*.service")}

    def _shown(self) -> str:
        s = self.service
        return (
            f"ActiveState={'active' if s.active else 'failed'}\nNRestarts={s.restarts}\nResult={s.result}\n"
            f"ExecMainStatus={s.status}\nWatchdogTimestampMonotonic={s.fed_s:.0f}\nStatusText={s.text}\n"
        )

    @property
    def behaviour(self) -> str:
        """Of the release in use."""
        return (self.root / "opt/kickback/current/venv/bin/behaviour").read_text()

    def _start(self) -> Ran:
        assert (self.root / "etc/kickback.toml").exists()
        flaw = self.behaviour
        if flaw == "crash":
            self.service = Service(result="exit-code", status=1)
            return NO
        if flaw == "unready":
            self.service = Service(result="timeout", status=0)
            return NO
        text = "safe mode, nothing is counted: 3 starts failed" if flaw == "safe" else "0 reps"
        self.service = Service(active=True, text=text, fed_s=self.now_s)
        return YES

    def _live(self, seconds: float) -> None:
        s, flaw = self.service, self.behaviour if self.service.active else ""
        if not flaw:
            return
        s.age_s += seconds
        if flaw in ("good", "safe"):
            s.fed_s = self.now_s
        elif (flaw == "dies" and s.age_s > 3.0) or (flaw == "hangs" and s.age_s > 10.0):
            s.restarts, s.age_s, s.result = (
                s.restarts + 1,
                0.0,
                "watchdog" if flaw == "hangs" else "exit-code",
            )
        elif flaw == "ends" and s.age_s > 3.0:
            s.active = False


def kickback(folder: Path, behaviour: str = "good", version: str = "1.0") -> Path:
    """A folder of Kickback, as small as the set-up allows, with what it takes from the shipped deploy/."""
    for name in ("systemd", "mosquitto"):
        shutil.copytree(ROOT / "deploy" / name, folder / "deploy" / name)
    shutil.copy(ROOT / "deploy" / "kickback.toml", folder / "deploy")
    shutil.copy(ROOT / "deploy" / "requirements.lock", folder / "deploy")
    for name in ("firmware", "tracker"):
        (folder / name).mkdir()
    (folder / "firmware" / "behaviour").write_text(behaviour)
    (folder / "pyproject.toml").write_text(f'[project]\nversion = "{version}"\n')
    for name in ("README.md", "LICENSE"):
        (folder / name).write_text(name)
    return folder
