"""AF_HYPERV addresses of Windows: (vm_id, service_id)."""

from __future__ import annotations

import sys
import uuid
from typing import Any

import elsewhere
import pytest
from bluetooth_cases import garbage, outcome
from hypothesis import given
from hypothesis import strategies as st

from berkeley.constants import load
from berkeley.sockaddr import hyperv

pytestmark = pytest.mark.simulated

HV_PROTOCOL_RAW = 1
CODEC = hyperv.CODEC.serve(34)
VM_ID = "00112233-4455-6677-8899-aabbccddeeff"
SERVICE_ID = "90DB8B89-0D35-4F79-8CE9-49EA0AC8B7CD"
VM_ID_BYTES, SERVICE_ID_BYTES = "33221100554477668899aabbccddeeff", "898bdb90350d794f8ce949ea0ac8b7cd"

guids = st.uuids()


def encoded(vm_id: Any, service_id: Any) -> bytes:
    return CODEC.encode((vm_id, service_id), caller="connect", proto=HV_PROTOCOL_RAW)


@pytest.mark.req("FAM-062")
def test_an_address_is_two_guids_behind_the_family_and_zeros() -> None:
    raw = encoded(VM_ID, SERVICE_ID)
    assert raw[:2] == CODEC.family.to_bytes(2, sys.byteorder)
    assert raw[2:].hex() == "0000" + VM_ID_BYTES + SERVICE_ID_BYTES
    assert len(raw) == 36


@pytest.mark.req("FAM-062")
def test_an_address_is_read_as_two_texts_in_lower_case() -> None:
    read = CODEC.decode(encoded(VM_ID.upper(), SERVICE_ID), proto=HV_PROTOCOL_RAW)
    assert read == (VM_ID, SERVICE_ID.lower())
    assert [type(text) for text in read] == [str, str]


@pytest.mark.req("FAM-062", "FAM-064")
@given(vm_id=guids, service_id=guids)
def test_any_pair_of_guids_survives_the_codec(vm_id: uuid.UUID, service_id: uuid.UUID) -> None:
    raw = encoded(str(vm_id), str(service_id).upper())
    assert raw[4:] == vm_id.bytes_le + service_id.bytes_le
    assert CODEC.decode(raw, proto=HV_PROTOCOL_RAW) == (str(vm_id), str(service_id))


@pytest.mark.req("FAM-063")
@pytest.mark.parametrize("name", ["ZERO", "BROADCAST", "WILDCARD", "CHILDREN", "LOOPBACK", "PARENT"])
def test_a_known_virtual_machine_may_be_addressed(name: str) -> None:
    constant = load("win32")[f"HV_GUID_{name}"]
    assert isinstance(constant, str)
    assert encoded(constant, VM_ID)[4:20] == uuid.UUID(constant).bytes_le


@pytest.mark.req("FAM-062")
@pytest.mark.parametrize(
    "text",
    [
        *("", "x", VM_ID[:-1], VM_ID + "0", VM_ID.replace("-", ""), VM_ID.replace("0", "g"), "{" + VM_ID + "}"),
        *(VM_ID.replace("-", "0"), VM_ID.replace("-", ":"), VM_ID[:8] + "0" + VM_ID[9:], VM_ID[:7] + "-" + VM_ID[8:]),
        *(VM_ID[:-1] + "\0", VM_ID[:-1] + "\uff10", VM_ID[:-1] + "\ud812", " " + VM_ID[1:], VM_ID * 1000),
    ],
    ids=lambda text: ascii(text)[:48],
)
def test_a_text_that_is_no_guid_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"^connect\(\): AF_HYPERV address vm_id is not a valid UUID string$"):
        encoded(text, SERVICE_ID)
    with pytest.raises(ValueError, match=r"^connect\(\): AF_HYPERV address service_id is not a valid UUID string$"):
        encoded(VM_ID, text)


@pytest.mark.req("FAM-062")
@pytest.mark.parametrize(
    "address",
    [(), (VM_ID,), (VM_ID, SERVICE_ID, 0), (VM_ID.encode(), SERVICE_ID), (VM_ID, None), (uuid.UUID(VM_ID), VM_ID)],
)
def test_anything_but_two_texts_is_a_type_error(address: Any) -> None:
    with pytest.raises(TypeError, match=r"^AF_HYPERV address must be a str tuple \(vm_id, service_id\)$"):
        CODEC.encode(address, proto=HV_PROTOCOL_RAW)


@pytest.mark.req("FAM-062")
@pytest.mark.parametrize("address", [VM_ID, [VM_ID, SERVICE_ID], None, 1])
def test_anything_but_a_tuple_is_a_type_error(address: Any) -> None:
    with pytest.raises(TypeError, match=r"^bind\(\): AF_HYPERV address must be tuple, not "):
        CODEC.encode(address, proto=HV_PROTOCOL_RAW)


@pytest.mark.parametrize("proto", [0, 2, 6])
def test_another_protocol_has_no_addresses(proto: int) -> None:
    with pytest.raises(OSError, match=rf"^bind\(\): unsupported AF_HYPERV protocol: {proto}$"):
        CODEC.encode((VM_ID, SERVICE_ID), proto=proto)


@given(raw=garbage)
def test_bytes_of_any_kind_are_read_or_refused(raw: bytes) -> None:
    read = outcome(CODEC, raw, HV_PROTOCOL_RAW)
    assert (read is None) == (len(raw) < 36)
    if read is not None:
        assert encoded(*read)[4:] == raw[4:36]


@pytest.mark.parametrize("size", range(36))
def test_a_truncated_address_is_refused_not_overread(size: int) -> None:
    with pytest.raises(ValueError):
        CODEC.decode(encoded(VM_ID, SERVICE_ID)[:size], proto=HV_PROTOCOL_RAW)


@pytest.mark.req("FAM-062")
def test_windows_has_the_family() -> None:
    assert elsewhere.bytes_on("win32", "AF_HYPERV", (VM_ID, SERVICE_ID), HV_PROTOCOL_RAW)[4:] == (
        "0000" + VM_ID_BYTES + SERVICE_ID_BYTES
    )


def test_the_family_of_that_name_on_freebsd_has_raw_addresses() -> None:
    # Its sockaddr_hvs has ports in place of GUIDs.
    assert elsewhere.on("freebsd14", "report(decoded('AF_HYPERV', '102b' + '00' * 14) == (43, bytes(14)))")


@pytest.mark.req("FAM-062")
def test_a_subclass_of_str_is_a_text_too() -> None:
    class Text(str):
        __slots__ = ()

    assert encoded(Text(VM_ID), Text(SERVICE_ID)) == encoded(VM_ID, SERVICE_ID)
