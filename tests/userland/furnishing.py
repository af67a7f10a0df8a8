"""What a fresh Debian is given: Kickback's sources, and what this computer needs to reach the network."""

import shutil
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PARTS = ("firmware", "tracker", "deploy", "pyproject.toml", "README.md", "LICENSE")

AUTHORITIES = Path("/etc/ssl/certs/ca-certificates.crt")
ENVIRONMENT = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "HOME": "/root",
    "LC_ALL": "C.UTF-8",
    "PIP_CERT": str(AUTHORITIES),
    "SSL_CERT_FILE": str(AUTHORITIES),
}


def furnish(root: Path, parts: Sequence[str] = PARTS) -> None:
    """Copy the sources to `/src` of the Debian below `root`, and set up its network."""
    for part in parts:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, root / "src" / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, root / "src" / part)
    shutil.copy("/etc/resolv.conf", root / "etc" / "resolv.conf")
    if AUTHORITIES.exists():
        kept = root / str(AUTHORITIES).lstrip("/")
        kept.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(AUTHORITIES, kept)
    (root / "etc" / "hostname").write_text("fresh\n")
    (root / "etc" / "hosts").write_text("127.0.0.1 localhost\n127.0.1.1 fresh\n")
