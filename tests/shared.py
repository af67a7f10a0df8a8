"""Real recordings made by other people, beside the checkout; tests that need them skip without them."""

import json
from pathlib import Path
from typing import Any

import pytest

DATA = Path(__file__).parent.parent.parent / "shared" / "data"

needs_data = pytest.mark.skipif(not DATA.is_dir(), reason=f"no real recordings at {DATA}")


def folders(kind: str) -> list[Path]:
    """Return the recordings of a kind, none where the data are absent."""
    return sorted(path for path in DATA.glob(f"{kind}/*") if (path / "recording.json").is_file())


def truth(folder: Path) -> dict[str, Any]:
    """Return what is known to be true of a recording."""
    content: dict[str, Any] = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    return content
