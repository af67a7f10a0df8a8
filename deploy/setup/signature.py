"""Signature: whether an archive comes from those who may bring new versions to this machine.

Who they are stands in `layout.SIGNERS`, a file of ssh-keygen's allowed signers, each line beginning with
`kickback`. Where there is nothing of that name, root's word is enough. What is signed is the line by which
`sha256sum <ARCHIVE` names the archive's content (ssh-keygen(1), "-Y sign").
"""

import os.path
from hashlib import file_digest
from pathlib import Path

from deploy.setup import layout
from deploy.setup.errors import SetupError
from deploy.setup.host import Host, last_line

NAME = "kickback"
"""The signer's, and of the purpose, so that a signature under something else proves nothing here."""


def wanted(host: Host) -> bool:
    """Whether this machine takes signed versions only; a link to nothing wants them too, and names nobody."""
    return os.path.lexists(host.at(layout.SIGNERS))


def require_signed(host: Host, archive: Path, signature: Path) -> None:
    """Raise SetupError unless the signature is of one who may, and of exactly this archive."""
    if not signature.is_file():
        raise SetupError(
            f"{signature}: is missing, and this machine takes signed versions only ({layout.SIGNERS})"
        )
    with archive.open("rb") as content:
        named = f"{file_digest(content, 'sha256').hexdigest()}  -\n"
    signers = str(host.at(layout.SIGNERS))
    ran = host.run(
        *("ssh-keygen", "-Y", "verify", "-f", signers, "-I", NAME, "-n", NAME, "-s", str(signature)),
        given=named,
    )
    if ran.code:
        raise SetupError(
            f"{signature}: does not show that the archive is from one of {layout.SIGNERS}: {last_line(ran)}"
        )
