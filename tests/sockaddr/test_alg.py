"""AF_ALG addresses: (type, name[, feat[, mask]])."""

from __future__ import annotations

import errno
import struct
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from codec_cases import NumericNames, decodings, encodings
from fresh import compile_shim
from hypothesis import given
from hypothesis import strategies as st
from imaginary import disguised, round_trips

from berkeley.sockaddr import codec

NAMES = NumericNames()
AF_ALG = 38
SIZE = 88
alg = codec(AF_ALG)


def texts(size: int) -> st.SearchStrategy[str]:
    """Texts whose UTF-8 has at most so many bytes."""
    characters = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
    return st.text(characters, max_size=size).filter(lambda text: len(text.encode()) <= size)


unsigned = st.integers(0, 0xFFFFFFFF)

needs_alg = pytest.mark.stdlib_needs("AF_ALG")


@pytest.fixture(scope="module")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return compile_shim("any_family", tmp_path_factory.mktemp("shim"))


@pytest.mark.simulated
@pytest.mark.req("FAM-045")
@pytest.mark.parametrize(("address", "raw"), encodings("AF_ALG"))
def test_the_codec_makes_the_bytes_of_the_kernel(address: Any, raw: bytes) -> None:
    assert alg.encode(address, NAMES) == raw


@pytest.mark.simulated
@pytest.mark.req("FAM-045")
@pytest.mark.parametrize(("raw", "address"), decodings("AF_ALG"))
def test_the_codec_reads_the_bytes_of_the_kernel(raw: bytes, address: Any) -> None:
    assert alg.decode(raw, NAMES) == address


@pytest.mark.simulated
@pytest.mark.req("FAM-045", "FAM-046", "FAM-047", "FAM-048")
@given(kind=texts(13), name=texts(63), feat=unsigned, mask=unsigned)
def test_any_address_survives_the_codec(kind: str, name: str, feat: int, mask: int) -> None:
    raw = alg.encode((kind, name, feat, mask), NAMES)
    assert raw == struct.pack("=H14sII64s", AF_ALG, kind.encode(), feat, mask, name.encode())
    assert alg.decode(raw, NAMES) == (kind, name, feat, mask)


@pytest.mark.req("FAM-048")
def test_feat_and_mask_go_to_the_kernel_whole() -> None:
    raw = alg.encode(("hash", "sha256", 0x12345678, 0x9ABCDEF0), NAMES)
    assert struct.unpack_from("=II", raw, 16) == (0x12345678, 0x9ABCDEF0)


@pytest.mark.simulated
@pytest.mark.req("FAM-045")
def test_feat_and_mask_are_0_when_they_are_left_out() -> None:
    assert alg.encode(("hash", "sha1"), NAMES) == alg.encode(("hash", "sha1", 0, 0), NAMES)
    assert alg.encode(("hash", "sha1", 1), NAMES) == alg.encode(("hash", "sha1", 1, 0), NAMES)


@pytest.mark.simulated
def test_texts_that_fill_their_fields_without_a_nul_are_not_overread() -> None:
    raw = struct.pack("=H14sII64s", AF_ALG, b"t" * 14, 1, 2, b"n" * 64)
    assert alg.decode(raw + b"beyond", NAMES) == ("t" * 14, "n" * 64, 1, 2)


@pytest.mark.simulated
def test_bytes_that_are_no_utf_8_are_still_readable() -> None:
    raw = struct.pack("=H14sII64s", AF_ALG, b"\xff", 0, 0, b"a\xfe")
    assert alg.decode(raw, NAMES) == ("\udcff", "a\udcfe", 0, 0)


@pytest.mark.simulated
@pytest.mark.parametrize("size", range(SIZE))
def test_a_truncated_address_is_refused_not_overread(size: int) -> None:
    raw = alg.encode(("hash", "sha256"), NAMES)
    assert len(raw) == SIZE
    with pytest.raises(ValueError):
        alg.decode(raw[:size], NAMES)


@pytest.mark.simulated
@pytest.mark.req("FAM-045")
@needs_alg
def test_both_modules_read_back_what_they_write(net: ModuleType, shim: Path) -> None:
    given = [("hash", "sha256"), ("skcipher", "cbc(aes)", 8), ("aead", "gcm(aes)", 1, 2), ("t" * 13, "n" * 63)]
    read = [("hash", "sha256", 0, 0), ("skcipher", "cbc(aes)", 8, 0), ("aead", "gcm(aes)", 1, 2)]
    assert round_trips(net, shim, (AF_ALG, net.SOCK_SEQPACKET, 0), given) == [*read, ("t" * 13, "n" * 63, 0, 0)]


@pytest.mark.req("FAM-045")
@needs_alg
@pytest.mark.parametrize("rest", [(), (1,), (1, 2)])
def test_an_address_of_two_to_four_items_reaches_the_kernel(net: ModuleType, closing: Any, rest: Any) -> None:
    with pytest.raises(OSError) as caught:
        disguised(net, closing, AF_ALG).bind(("hash", "sha256", *rest))
    assert caught.value.errno == errno.EINVAL  # AF_UNIX does not know it


@pytest.mark.req("FAM-045")
@needs_alg
@pytest.mark.parametrize("address", [(), ("hash",), ("hash", "sha256", 0, 0, 0)])
def test_a_tuple_of_another_length_is_a_type_error(net: ModuleType, closing: Any, address: Any) -> None:
    with pytest.raises(TypeError, match=r"^AF_ALG address must be a tuple \(type, name\[, feat\[, mask\]\]\)$"):
        disguised(net, closing, AF_ALG).bind(address)


@pytest.mark.req("FAM-045")
@needs_alg
@pytest.mark.parametrize("address", [["hash", "sha256"], None, 5, "hash"])
def test_anything_but_a_tuple_is_a_type_error(net: ModuleType, closing: Any, address: Any) -> None:
    kind = type(address).__name__
    with pytest.raises(TypeError, match=rf"^bind\(\): AF_ALG address must be tuple, not {kind}$"):
        disguised(net, closing, AF_ALG).bind(address)


@pytest.mark.req("FAM-046", "FAM-047")
@needs_alg
@pytest.mark.parametrize("address", [(b"hash", "sha256"), ("hash", b"sha256"), (1, "sha256"), ("hash", None)])
def test_type_and_name_are_str(net: ModuleType, closing: Any, address: Any) -> None:
    with pytest.raises(TypeError, match=r"^AF_ALG address must be a tuple \(type, name"):
        disguised(net, closing, AF_ALG).bind(address)


@pytest.mark.req("FAM-048")
@needs_alg
@pytest.mark.parametrize("numbers", [("1",), (1.0,), (None,), (1, "2"), (1, 2.0)])
def test_feat_and_mask_are_integers(net: ModuleType, closing: Any, numbers: Any) -> None:
    with pytest.raises(TypeError):
        disguised(net, closing, AF_ALG).bind(("hash", "sha256", *numbers))


@needs_alg
@pytest.mark.parametrize(
    ("address", "what"), [(("t" * 14, "n"), "type"), (("t", "n" * 64), "name"), (("é" * 7, "n"), "type")]
)
def test_a_text_too_long_for_its_field_is_a_value_error(net: ModuleType, closing: Any, address: Any, what: str) -> None:
    with pytest.raises(ValueError, match=f"^AF_ALG {what} too long.$"):
        disguised(net, closing, AF_ALG).bind(address)


@needs_alg
@pytest.mark.parametrize("address", [("hash\0", "n"), ("\0", "n"), ("hash", "sha\x00256"), ("hash", "\0" * 100)])
def test_a_text_with_a_nul_is_a_value_error(net: ModuleType, closing: Any, address: Any) -> None:
    with pytest.raises(ValueError, match=r"^embedded null character$"):
        disguised(net, closing, AF_ALG).bind(address)


@needs_alg
def test_a_lone_surrogate_is_a_unicode_error(net: ModuleType, closing: Any) -> None:
    with pytest.raises(UnicodeEncodeError):
        disguised(net, closing, AF_ALG).bind(("hash", "\udcff"))


@pytest.mark.req("FAM-048")
@pytest.mark.berkeley_only("decision: nothing outside 32 bits is silently cut")
@pytest.mark.parametrize("numbers", [(-1,), (1 << 32,), (0, -1), (0, 1 << 32), (1 << 64,), (0, -(1 << 70))])
def test_a_number_outside_32_bits_overflows(net: ModuleType, closing: Any, numbers: Any) -> None:
    with pytest.raises(OverflowError):
        disguised(net, closing, AF_ALG).bind(("hash", "sha256", *numbers))
