"""Certificates for one run of the tests, made by openssl(1): each signs itself, and is trusted where it is given."""

from __future__ import annotations

import ssl
import subprocess
from pathlib import Path
from typing import NamedTuple

VERSIONS = {"TLS 1.2": ssl.TLSVersion.TLSv1_2, "TLS 1.3": ssl.TLSVersion.TLSv1_3}


class Identity(NamedTuple):
    certificate: Path
    key: Path


class Contexts(NamedTuple):
    client: ssl.SSLContext
    server: ssl.SSLContext


def identity(folder: Path, name: str) -> Identity:
    """A new key on the curve P-256 and a certificate for `localhost` that it has signed."""
    made = Identity(folder / f"{name}.pem", folder / f"{name}.key")
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-noenc"]
    command += ["-subj", f"/CN={name}", "-addext", "subjectAltName=DNS:localhost", "-days", "2"]
    command += ["-out", str(made.certificate), "-keyout", str(made.key)]
    subprocess.run(command, check=True, capture_output=True, timeout=30)
    return made


def contexts(server: Identity, version: ssl.TLSVersion | None = None) -> Contexts:
    """A client that trusts this server alone, and the server."""
    made = Contexts(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER))
    made.client.load_verify_locations(server.certificate)
    made.server.load_cert_chain(*server)
    if version is not None:
        for context in made:
            context.minimum_version = context.maximum_version = version
    return made
