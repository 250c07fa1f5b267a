"""An authority and a certificate for localhost and 127.0.0.1, made by openssl for one run."""

from __future__ import annotations

import dataclasses
import subprocess
from pathlib import Path

from programs.servers.process import find

# Strict verifiers (the default of Python 3.13) ask for the usage of keys and for the identifiers of both of them.
SETTINGS = """
[req]
distinguished_name = name
prompt = no
[name]
CN = {name}
[authority]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[server]
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = DNS:localhost, IP:127.0.0.1
"""


@dataclasses.dataclass(frozen=True)
class Certificates:
    """Where they lie, as PEM."""

    authority: Path
    certificate: Path
    key: Path
    stranger: Path  # an authority that has signed nothing


def make(folder: Path) -> Certificates:
    """Make them in this folder."""
    authority = _certificate(folder, "authority")
    server = _certificate(folder, "server", "-CA", folder / "authority.pem", "-CAkey", folder / "authority.key")
    stranger = _certificate(folder, "stranger")
    return Certificates(authority, server, server.with_suffix(".key"), stranger)


def _certificate(folder: Path, name: str, *signer: str | Path) -> Path:
    settings = folder / f"{name}.cnf"
    settings.write_text(SETTINGS.format(name=f"berkeley test {name}"), "ascii")
    target = folder / f"{name}.pem"
    command: list[str | Path] = [find("openssl", "openssl"), "req", "-x509", "-config", settings, "-days", "2"]
    command += ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", *signer]
    command += ["-extensions", "server" if signer else "authority", "-keyout", target.with_suffix(".key")]
    subprocess.run([*command, "-out", target], check=True, capture_output=True)
    return target
