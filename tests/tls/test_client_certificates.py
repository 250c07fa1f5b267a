"""Certificates on both sides: what each end learns of the other, and who is refused."""

from __future__ import annotations

import ssl
from typing import Any

import pytest

from tls.certificates import Contexts, Identity


@pytest.fixture
def mutual(contexts: Contexts, client_identity: Identity) -> Contexts:
    """A server that asks for a certificate and trusts one client alone."""
    contexts.server.verify_mode = ssl.CERT_REQUIRED
    contexts.server.load_verify_locations(client_identity.certificate)
    return contexts


def test_each_side_knows_the_certificate_of_the_other(
    mutual: Contexts, client_identity: Identity, tcp_pair: Any, connect: Any
) -> None:
    mutual.client.load_cert_chain(*client_identity)
    client, server = connect(mutual, tcp_pair)
    assert server.getpeercert()["subject"] == ((("commonName", "client"),),)
    assert client.getpeercert()["subject"] == ((("commonName", "server"),),)
    assert server.getpeercert(True) == ssl.PEM_cert_to_DER_cert(client_identity.certificate.read_text())


@pytest.mark.parametrize("presented", [None, "server"])
def test_a_client_without_the_right_certificate_is_refused(
    mutual: Contexts, server_identity: Identity, tcp_pair: Any, in_thread: Any, presented: str | None
) -> None:
    if presented:
        mutual.client.load_cert_chain(*server_identity)

    def serve() -> None:
        with pytest.raises(ssl.SSLError) as refused:
            mutual.server.wrap_socket(tcp_pair[1], server_side=True)
        assert refused.value.reason == (
            "CERTIFICATE_VERIFY_FAILED" if presented else "PEER_DID_NOT_RETURN_A_CERTIFICATE"
        )

    in_thread(serve)
    # In TLS 1.3 the handshake of the client is over before the server looks at the certificate.
    with pytest.raises(OSError), mutual.client.wrap_socket(tcp_pair[0], server_hostname="localhost") as client:
        client.sendall(b"let me in")
        client.recv(100)


def test_a_server_with_another_name_is_refused(contexts: Contexts, tcp_pair: Any, in_thread: Any) -> None:
    def serve() -> None:
        with pytest.raises(OSError), contexts.server.wrap_socket(tcp_pair[1], server_side=True) as server:
            server.recv(1)

    in_thread(serve)
    with pytest.raises(ssl.SSLCertVerificationError, match=r"elsewhere\.invalid"):
        contexts.client.wrap_socket(tcp_pair[0], server_hostname="elsewhere.invalid")


def test_a_server_that_nobody_vouches_for_is_refused(
    contexts: Contexts, client_identity: Identity, tcp_pair: Any, in_thread: Any
) -> None:
    stranger = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    stranger.load_verify_locations(client_identity.certificate)

    def serve() -> None:
        with pytest.raises(OSError), contexts.server.wrap_socket(tcp_pair[1], server_side=True) as server:
            server.recv(1)

    in_thread(serve)
    with pytest.raises(ssl.SSLCertVerificationError, match=r"self.signed certificate"):
        stranger.wrap_socket(tcp_pair[0], server_hostname="localhost")
