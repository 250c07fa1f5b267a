"""AF_ALG's authenticated encryption: lengths of tags, associated data, published vectors."""

from __future__ import annotations

import errno
from types import ModuleType
from typing import Any, NamedTuple

import pytest


class Vector(NamedTuple):
    """What a specification prints; the tag is the end of the ciphertext."""

    name: str
    key: str
    iv: str
    assoc: str
    plain: str
    cipher: str
    taglen: int


# McGrew and Viega, "The Galois/Counter Mode of Operation", test case 4.
GCM = Vector(
    "gcm(aes)",
    "feffe9928665731c6d6a8f9467308308",
    "cafebabefacedbaddecaf888",
    "feedfacedeadbeeffeedfacedeadbeefabaddad2",
    "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
    "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091"
    "5bc94fbc3221a5db94fae95ae7121a47",
    16,
)
# RFC 3610, packet vector 1: L is 2, so that the vector is 1, the nonce, and two bytes of counter.
CCM = Vector(
    "ccm(aes)",
    "c0c1c2c3c4c5c6c7c8c9cacbcccdcecf",
    "0100000003020100a0a1a2a3a4a50000",
    "0001020304050607",
    "08090a0b0c0d0e0f101112131415161718191a1b1c1d1e",
    "588c979a61c663d2f066d0c2c0f989806d5f6b61dac38417e8d12cfdf926e0",
    8,
)
BOTH = pytest.mark.parametrize("vector", [GCM, CCM], ids=["gcm", "ccm"])


@pytest.fixture
def algorithm(net: ModuleType, closing: Any) -> Any:
    """algorithm(GCM) is a socket with the key and the length of the tag of a vector."""

    def bound(vector: Vector) -> Any:
        sock = closing(net.socket(net.AF_ALG, net.SOCK_SEQPACKET, 0))
        sock.bind(("aead", vector.name))
        sock.setsockopt(net.SOL_ALG, net.ALG_SET_KEY, bytes.fromhex(vector.key))
        sock.setsockopt(net.SOL_ALG, net.ALG_SET_AEAD_AUTHSIZE, None, vector.taglen)
        return sock

    return bound


def crypt(sock: Any, vector: Vector, op: int, data: bytes, room: int) -> bytes:
    """What comes behind the associated data, which the kernel gives back in front."""
    assoc = bytes.fromhex(vector.assoc)
    with sock.accept()[0] as operation:
        operation.settimeout(10)
        operation.sendmsg_afalg([assoc, data], op=op, iv=bytes.fromhex(vector.iv), assoclen=len(assoc))
        return bytes(operation.recv(len(assoc) + room))[len(assoc) :]


@BOTH
@pytest.mark.req("FAM-046", "FAM-047", "MET-097", "MET-115", "CON-094")
def test_a_plaintext_gives_ciphertext_and_tag_of_the_vector(net: ModuleType, algorithm: Any, vector: Vector) -> None:
    plain, cipher = bytes.fromhex(vector.plain), bytes.fromhex(vector.cipher)
    assert crypt(algorithm(vector), vector, net.ALG_OP_ENCRYPT, plain, len(cipher)) == cipher


@BOTH
@pytest.mark.req("FAM-046", "MET-097", "MET-115")
def test_a_ciphertext_gives_the_plaintext_of_the_vector(net: ModuleType, algorithm: Any, vector: Vector) -> None:
    plain, cipher = bytes.fromhex(vector.plain), bytes.fromhex(vector.cipher)
    assert crypt(algorithm(vector), vector, net.ALG_OP_DECRYPT, cipher, len(plain)) == plain


@BOTH
@pytest.mark.req("MET-097")
@pytest.mark.parametrize("place", [0, -1])
def test_a_ciphertext_with_a_wrong_bit_is_refused(net: ModuleType, algorithm: Any, vector: Vector, place: int) -> None:
    damaged = bytearray.fromhex(vector.cipher)
    damaged[place] ^= 1
    with pytest.raises(OSError) as caught:
        crypt(algorithm(vector), vector, net.ALG_OP_DECRYPT, bytes(damaged), len(damaged))
    assert caught.value.errno == errno.EBADMSG


@pytest.mark.req("MET-115")
@pytest.mark.parametrize("taglen", [4, 8, 12, 16])
def test_the_length_given_with_none_is_that_of_the_tag(net: ModuleType, algorithm: Any, taglen: int) -> None:
    shorter = GCM._replace(taglen=taglen)
    plain, whole = bytes.fromhex(GCM.plain), bytes.fromhex(GCM.cipher)
    found = crypt(algorithm(shorter), shorter, net.ALG_OP_ENCRYPT, plain, len(plain) + 16)
    assert found == whole[: len(plain) + taglen]


@pytest.mark.req("MET-115")
@pytest.mark.parametrize("taglen", [0, 3, 17, 1000])
def test_the_kernel_refuses_other_lengths_of_tags(algorithm: Any, taglen: int) -> None:
    with pytest.raises(OSError) as caught:
        algorithm(GCM._replace(taglen=taglen))
    assert caught.value.errno == errno.EINVAL


@pytest.mark.req("MET-097")
def test_associated_data_alone_give_a_tag(net: ModuleType, algorithm: Any) -> None:
    # "The Galois/Counter Mode of Operation", test case 1: everything is zero or empty.
    empty = Vector("gcm(aes)", "00" * 16, "00" * 12, "", "", "58e2fccefa7e3061367f1d57a4e7455a", 16)
    assert crypt(algorithm(empty), empty, net.ALG_OP_ENCRYPT, b"", 16).hex() == empty.cipher


@pytest.mark.req("MET-097")
def test_an_operation_can_be_used_again_with_another_vector(net: ModuleType, algorithm: Any) -> None:
    assoc, plain = bytes.fromhex(GCM.assoc), bytes.fromhex(GCM.plain)
    with algorithm(GCM).accept()[0] as operation:
        operation.settimeout(10)
        for first in (b"\0", bytes.fromhex(GCM.iv)[:1]):
            iv = first + bytes.fromhex(GCM.iv)[1:]
            operation.sendmsg_afalg([assoc, plain], op=net.ALG_OP_ENCRYPT, iv=iv, assoclen=len(assoc))
            found = operation.recv(len(assoc) + len(plain) + 16)
    assert found == assoc + bytes.fromhex(GCM.cipher)
