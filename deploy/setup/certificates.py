"""Certificates: an authority of this computer's own, and the broker's certificate signed by it."""

import ipaddress
import tempfile
from pathlib import Path

from deploy.setup import layout
from deploy.setup.changes import Changes
from deploy.setup.host import Host

_DAYS = "3650"
"""As long as a machine may hang on its wall; a broker whose certificate ran out takes nobody in."""

_LONGEST_NAME = 64
"""Of a subject (RFC 5280, ub-common-name); the name that counts stands whole beside it."""

KEY = f"{layout.AUTHORITY}/ca.key"
CERTIFICATE = f"{layout.AUTHORITY}/ca.crt"


def make_certificates(changes: Changes, hostname: str) -> bool:
    """Let the broker have a certificate for this computer's names; return whether a new one was made."""
    broker = f"{layout.BROKER_FOLDER}/broker.crt"
    host = changes.host
    if all(host.at(path).is_file() for path in (CERTIFICATE, broker, f"{layout.BROKER_FOLDER}/broker.key")):
        return False
    if not changes.said(
        f"make an authority in {layout.AUTHORITY} and the broker's certificate for {hostname}"
    ):
        return True
    changes.folder(layout.AUTHORITY, mode=0o700)
    with tempfile.TemporaryDirectory() as scratch:
        if host.text(KEY) is None or host.text(CERTIFICATE) is None:
            authority = _authority(host, Path(scratch), hostname)
            changes.file(KEY, authority[0], mode=0o600)
            changes.file(CERTIFICATE, authority[1])
        key, certificate = _signed(host, Path(scratch), hostname)
    changes.file(f"{layout.BROKER_FOLDER}/ca.crt", host.text(CERTIFICATE) or "", owner="mosquitto:mosquitto")
    changes.file(f"{layout.BROKER_FOLDER}/broker.key", key, mode=0o600, owner="mosquitto:mosquitto")
    changes.file(broker, certificate, owner="mosquitto:mosquitto")
    return True


def _authority(host: Host, scratch: Path, hostname: str) -> tuple[str, str]:
    key, certificate = scratch / "ca.key", scratch / "ca.crt"
    host.need(
        "making the authority's certificate",
        *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc"),
        *("-days", _DAYS, "-subj", _subject(f"Kickback authority of {hostname}")),
        *("-addext", "keyUsage=critical,keyCertSign,cRLSign"),
        *("-keyout", str(key), "-out", str(certificate)),
    )
    return key.read_text(), certificate.read_text()


def _signed(host: Host, scratch: Path, hostname: str) -> tuple[str, str]:
    key, request, certificate = scratch / "broker.key", scratch / "broker.csr", scratch / "broker.crt"
    extensions = scratch / "extensions"
    extensions.write_text(
        f"subjectAltName={_names(hostname)}\nbasicConstraints=critical,CA:FALSE\n"
        "keyUsage=critical,digitalSignature\nextendedKeyUsage=serverAuth\n"
    )
    host.need(
        "making the broker's key",
        *("openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc"),
        *("-subj", _subject(hostname), "-keyout", str(key), "-out", str(request)),
    )
    host.need(
        "signing the broker's certificate",
        *("openssl", "x509", "-req", "-in", str(request), "-days", _DAYS, "-extfile", str(extensions)),
        *("-CA", str(host.at(CERTIFICATE)), "-CAkey", str(host.at(KEY)), "-CAcreateserial"),
        *("-CAserial", str(scratch / "serial"), "-out", str(certificate)),
    )
    return key.read_text(), certificate.read_text()


def _subject(name: str) -> str:
    return f"/CN={name[:_LONGEST_NAME]}"


def _names(hostname: str) -> str:
    """By the computer's name, in the local network too; addresses change, names stay."""
    try:
        return f"IP:{ipaddress.ip_address(hostname)},DNS:localhost,IP:127.0.0.1"
    except ValueError:
        return f"DNS:{hostname},DNS:{hostname}.local,DNS:localhost,IP:127.0.0.1"
