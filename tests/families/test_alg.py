"""AF_ALG: the kernel's digests, ciphers and random numbers, against hashlib and published vectors."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import hmac
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest

Open = Callable[..., Any]

# NIST SP 800-38A, appendix F: the key, the four blocks of plaintext, and the vector of CBC.
KEY = bytes.fromhex("2b7e151628aed2a6abf7158809cf4f3c")
PLAIN = bytes.fromhex(
    "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
    "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710"
)
IV = bytes(range(16))
CBC = bytes.fromhex(
    "7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2"
    "73bed6b8e3c1743b7116e69e222295163ff1caa1681fac09120eca307586e1a7"
)
COUNTER = bytes(range(0xF0, 0x100))
CTR = bytes.fromhex(
    "874d6191b620e3261bef6864990db6ce9806f66b7970fdff8617187bb9fffdff"
    "5ae4df3edbd5d35e5b4f09020db03eab1e031dda2fbe03d1792170a0f3009cee"
)
ECB = bytes.fromhex(
    "3ad77bb40d7a3660a89ecaf32466ef97f5d3d58503b9699de785895a96fdbaaf"
    "43b1cd7f598ece23881b00e3ed0306887b0c785e27e8ad3f8223207104725dd4"
)
KERN_DRIVER_ONLY = 0x1000  # CRYPTO_ALG_KERN_DRIVER_ONLY: the only bit that the kernel takes in feat and mask


@pytest.fixture
def algorithm(net: ModuleType, closing: Any) -> Open:
    """algorithm("hash", "sha256") is a socket bound to an algorithm, with its key if one is given."""

    def bound(*address: Any, key: bytes | None = None) -> Any:
        sock = closing(net.socket(net.AF_ALG, net.SOCK_SEQPACKET, 0))
        sock.bind(address)
        if key is not None:
            sock.setsockopt(net.SOL_ALG, net.ALG_SET_KEY, key)
        return sock

    return bound


@contextlib.contextmanager
def operation(sock: Any, timeout: float | None = None) -> Iterator[Any]:
    """One use of an algorithm; the kernel cannot poll digests and random numbers, so those have no timeout."""
    op, _ = sock.accept()
    with op:
        op.settimeout(timeout)
        yield op


def digest(sock: Any, data: bytes) -> bytes:
    with operation(sock) as op:
        op.sendall(data)
        return bytes(op.recv(512))


def crypt(sock: Any, data: bytes, **parameters: Any) -> bytes:
    with operation(sock, 10) as op:
        assert op.sendmsg_afalg([data], **parameters) == len(data)
        # Asked for more, a blocking socket waits for further data to encrypt.
        return bytes(op.recv(len(data)))


def bind_error(net: ModuleType, address: Any) -> BaseException:
    with net.socket(net.AF_ALG, net.SOCK_SEQPACKET, 0) as sock, pytest.raises(Exception) as caught:
        sock.bind(address)
    return caught.value


@pytest.mark.req("FAM-045", "FAM-046", "FAM-047", "CON-092")
@pytest.mark.parametrize("name", ["sha256", "sha1", "sha512", "sha384", "md5"])
def test_digests_are_those_of_hashlib(algorithm: Open, name: str) -> None:
    sock = algorithm("hash", name)
    for data in (b"abc", bytes(1000), b"a" * 100_000):
        assert digest(sock, data) == hashlib.new(name, data).digest()


@pytest.mark.req("FAM-047", "CON-093")
@pytest.mark.parametrize("name", ["sha256", "sha1", "sha512"])
def test_keyed_digests_are_those_of_hmac(algorithm: Open, name: str) -> None:
    sock = algorithm("hash", f"hmac({name})", key=b"a secret")
    assert digest(sock, b"message") == hmac.digest(b"a secret", b"message", name)


@pytest.mark.req("FAM-047")
def test_a_keyed_digest_without_its_key_is_refused(algorithm: Open) -> None:
    with pytest.raises(OSError) as caught:
        digest(algorithm("hash", "hmac(sha256)"), b"message")
    assert caught.value.errno == errno.ENOKEY


@pytest.mark.req("FAM-046")
def test_a_digest_takes_its_data_in_pieces(net: ModuleType, algorithm: Open) -> None:
    with operation(algorithm("hash", "sha256")) as op:
        for piece in (b"one", b"two"):
            op.send(piece, net.MSG_MORE)
        op.send(b"three")
        assert op.recv(512) == hashlib.sha256(b"onetwothree").digest()


@pytest.mark.req("FAM-046")
@pytest.mark.berkeley_only("a call is tried before it is waited for, and the kernel cannot poll digests")
def test_a_timeout_does_not_keep_a_digest_from_being_read(algorithm: Open) -> None:
    with operation(algorithm("hash", "sha256"), 10) as op:
        op.sendall(b"abc")
        assert op.recv(32) == hashlib.sha256(b"abc").digest()


@pytest.mark.req("FAM-046")
@pytest.mark.berkeley_only("CPython polls before it accepts, and the kernel cannot poll algorithms")
def test_a_timeout_does_not_keep_an_algorithm_from_being_accepted(algorithm: Open) -> None:
    source = algorithm("hash", "sha256")
    source.settimeout(10)
    op, _ = source.accept()
    with op:
        op.sendall(b"abc")
        assert op.recv(32) == hashlib.sha256(b"abc").digest()


@pytest.mark.req("FAM-066")
def test_accept_has_no_address_to_report(net: ModuleType, algorithm: Open) -> None:
    op, address = algorithm("hash", "sha256").accept()
    with op:
        assert address is None
        assert (op.family, op.type, op.fileno() >= 0) == (net.AF_ALG, net.SOCK_SEQPACKET, True)


@pytest.mark.req("FAM-066")
def test_accepting_from_an_operation_copies_its_state(net: ModuleType, algorithm: Open) -> None:
    with operation(algorithm("hash", "sha256")) as op:
        op.send(b"common", net.MSG_MORE)
        copy, address = op.accept()
        with copy:
            copy.send(b" left")
            op.send(b" right")
            assert address is None
            assert copy.recv(32) == hashlib.sha256(b"common left").digest()
            assert op.recv(32) == hashlib.sha256(b"common right").digest()


@pytest.mark.req("FAM-046", "FAM-047", "MET-097")
@pytest.mark.parametrize(
    ("name", "iv", "cipher"), [("cbc(aes)", IV, CBC), ("ctr(aes)", COUNTER, CTR), ("ecb(aes)", None, ECB)]
)
def test_ciphers_encrypt_and_decrypt_the_vectors_of_nist(
    net: ModuleType, algorithm: Open, name: str, iv: bytes | None, cipher: bytes
) -> None:
    sock = algorithm("skcipher", name, key=KEY)
    vector = {} if iv is None else {"iv": iv}
    assert crypt(sock, PLAIN, op=net.ALG_OP_ENCRYPT, **vector) == cipher
    assert crypt(sock, cipher, op=net.ALG_OP_DECRYPT, **vector) == PLAIN


@pytest.mark.req("MET-097")
def test_a_cipher_goes_on_where_the_last_message_ended(net: ModuleType, algorithm: Open) -> None:
    with operation(algorithm("skcipher", "cbc(aes)", key=KEY), 10) as op:
        # No data at first: the parameters alone.
        assert op.sendmsg_afalg(op=net.ALG_OP_ENCRYPT, iv=IV, flags=net.MSG_MORE) == 0
        op.send(PLAIN[:16], net.MSG_MORE)
        op.sendall(PLAIN[16:])
        assert op.recv(len(CBC)) == CBC


@pytest.mark.req("MET-097")
def test_buffers_of_one_message_are_encrypted_as_one(net: ModuleType, algorithm: Open) -> None:
    with operation(algorithm("skcipher", "cbc(aes)", key=KEY), 10) as op:
        parts = [PLAIN[:5], bytearray(PLAIN[5:40]), memoryview(PLAIN)[40:]]
        assert op.sendmsg_afalg(parts, op=net.ALG_OP_ENCRYPT, iv=memoryview(IV)) == 64
        room = [bytearray(16), bytearray(48)]
        assert op.recvmsg_into(room)[0] == 64
        assert b"".join(room) == CBC


@pytest.mark.req("MET-097")
def test_the_same_parameters_can_be_given_as_ancillary_data(net: ModuleType, algorithm: Open) -> None:
    with operation(algorithm("skcipher", "cbc(aes)", key=KEY), 10) as op:
        encrypt = int(net.ALG_OP_ENCRYPT).to_bytes(4, "little")
        vector = (16).to_bytes(4, "little") + IV
        op.sendmsg([PLAIN], [(net.SOL_ALG, net.ALG_SET_OP, encrypt), (net.SOL_ALG, net.ALG_SET_IV, vector)])
        assert op.recv(len(CBC)) == CBC


@pytest.mark.req("MET-097")
@pytest.mark.parametrize("iv", [b"", IV[:15], IV + b"\0"])
def test_a_vector_of_another_length_is_refused_by_the_kernel(net: ModuleType, algorithm: Open, iv: bytes) -> None:
    with operation(algorithm("skcipher", "cbc(aes)", key=KEY), 10) as op, pytest.raises(OSError) as caught:
        op.sendmsg_afalg([PLAIN], op=net.ALG_OP_ENCRYPT, iv=iv)
    assert caught.value.errno == errno.EINVAL


@pytest.mark.req("MET-097")
def test_an_unknown_operation_is_refused_by_the_kernel(algorithm: Open) -> None:
    with operation(algorithm("skcipher", "cbc(aes)", key=KEY), 10) as op, pytest.raises(OSError) as caught:
        op.sendmsg_afalg([PLAIN], op=99, iv=IV)
    assert caught.value.errno == errno.EINVAL


def test_a_key_of_another_length_is_refused(algorithm: Open) -> None:
    with pytest.raises(OSError) as caught:
        algorithm("skcipher", "cbc(aes)", key=KEY + b"\0")
    assert caught.value.errno == errno.EINVAL


@pytest.mark.req("FAM-046", "FAM-047")
@pytest.mark.parametrize("name", ["drbg_nopr_ctr_aes256", "drbg_nopr_hmac_sha256", "stdrng"])
def test_random_numbers_differ(algorithm: Open, name: str) -> None:
    sock = algorithm("rng", name, key=b"")
    with operation(sock) as op:
        found = [op.recv(32) for _ in range(3)]
    assert [len(number) for number in found] == [32, 32, 32]
    assert len({*found, bytes(32)}) == 4


@pytest.mark.req("FAM-046")
def test_a_seeded_generator_gives_the_numbers_of_its_vector(algorithm: Open) -> None:
    # NIST's ANSI X9.31 vectors for AES-128: V, the key and DT are the seed.
    seed = "80000000000000000000000000000000 f3b1666d13607242ed061cabb8d46202 e6b3be782a23fa62d71d4afbb0e922f9"
    with operation(algorithm("rng", "ansi_cprng", key=bytes.fromhex(seed))) as op:
        assert op.recv(16).hex() == "59531ed13bb0c05584796685c12f7641"


@pytest.mark.req("FAM-045")
@pytest.mark.parametrize("address", [("hash", "sha256"), ("hash", "sha256", 0), ("hash", "sha256", 0, 0)])
def test_an_address_has_two_to_four_items(algorithm: Open, address: tuple[Any, ...]) -> None:
    assert digest(algorithm(*address), b"abc") == hashlib.sha256(b"abc").digest()


@pytest.mark.req("FAM-045")
@pytest.mark.parametrize("address", [("hash",), ("hash", "sha256", 0, 0, 0), (1, "sha256"), ("hash", None), ()])
def test_an_address_of_another_shape_is_a_type_error(net: ModuleType, address: tuple[Any, ...]) -> None:
    assert isinstance(bind_error(net, address), TypeError)


@pytest.mark.req("FAM-049")
@pytest.mark.parametrize("address", [("hash", "nosuch"), ("nosuch", "sha256"), ("skcipher", "sha256"), ("hash", "")])
def test_an_unknown_type_or_name_is_not_found(net: ModuleType, address: tuple[str, str]) -> None:
    error = bind_error(net, address)
    assert (type(error), error.errno) == (FileNotFoundError, errno.ENOENT)  # type: ignore[attr-defined]


@pytest.mark.parametrize("address", [("h" * 14, "sha256"), ("hash", "s" * 64)])
def test_a_type_or_name_that_is_too_long_is_a_value_error(net: ModuleType, address: tuple[str, str]) -> None:
    error = bind_error(net, address)
    assert isinstance(error, ValueError)
    assert "too long" in str(error)


@pytest.mark.req("FAM-045", "FAM-048")
def test_feat_and_mask_choose_among_implementations(net: ModuleType, algorithm: Open) -> None:
    sock = algorithm("hash", "sha256", 0, KERN_DRIVER_ONLY)
    assert digest(sock, b"abc") == hashlib.sha256(b"abc").digest()
    error = bind_error(net, ("hash", "sha256", KERN_DRIVER_ONLY, KERN_DRIVER_ONLY))
    assert isinstance(error, FileNotFoundError)


@pytest.mark.req("FAM-048")
@pytest.mark.parametrize("numbers", [(1, 0), (0, 1)])
def test_the_kernel_refuses_other_bits(net: ModuleType, numbers: tuple[int, int]) -> None:
    assert getattr(bind_error(net, ("hash", "sha256", *numbers)), "errno", None) == errno.EINVAL


@pytest.mark.req("FAM-048")
@pytest.mark.berkeley_only("decision: all 32 bits of feat and mask go through")
@pytest.mark.parametrize("bit", [16, 31])
@pytest.mark.parametrize("place", [0, 1])
def test_the_upper_bits_of_feat_and_mask_reach_the_kernel(net: ModuleType, bit: int, place: int) -> None:
    numbers = [0, 0]
    numbers[place] = 1 << bit
    assert getattr(bind_error(net, ("hash", "sha256", *numbers)), "errno", None) == errno.EINVAL


@pytest.mark.req("FAM-048")
@pytest.mark.berkeley_only("decision: nothing outside 32 bits is silently cut")
@pytest.mark.parametrize("numbers", [(1 << 32, 0), (0, 1 << 32)])
def test_more_than_32_bits_overflow(net: ModuleType, numbers: tuple[int, int]) -> None:
    assert isinstance(bind_error(net, ("hash", "sha256", *numbers)), OverflowError)


def test_the_kernel_knows_no_name_of_an_algorithm_socket(algorithm: Open) -> None:
    sock = algorithm("hash", "sha256")
    for call in (sock.getsockname, sock.getpeername):
        with pytest.raises(OSError) as caught:
            call()
        assert caught.value.errno == errno.EOPNOTSUPP
