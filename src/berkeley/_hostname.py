"""Host names as programs give them, turned into the bytes that the resolver takes (RFC 1035, RFC 3490)."""

import cython

if not cython.compiled:
    from berkeley._compiled import NOT_BUILT

    raise ImportError(NOT_BUILT)

from cython.cimports.berkeley.libc import netdb

from berkeley._errors import HostNameError

_LABEL_MAX = 63
_NAME_MAX = 1024  # characters; 255 is the limit of DNS, and a longer one may still shrink when it is encoded


def checked_host_bytes(host):
    # As the calls that look up names by themselves want them: labels of ASCII names have the lengths of IDNA's too.
    name: bytes = host_bytes(host)
    if isinstance(host, str) and host.isascii():
        _check_labels(host, name)
    return name


def host_bytes(host):
    # ASCII names take the first way: no codec is imported, so no import lock is taken either, and a child
    # forked while another thread looks up a name cannot hang on it.
    name: bytes
    if isinstance(host, str):
        name = host.encode("ascii") if host.isascii() else _idna(host)
    elif isinstance(host, (bytes, bytearray)):
        name = bytes(host)
    else:
        raise TypeError(f"str, bytes or bytearray expected, not {type(host).__name__}")
    if b"\0" in name:
        raise ValueError("host name must not contain null character")
    return name


def text_bytes(text, what):
    # Service and protocol names: any text without a NUL.
    name: bytes = text.encode("utf-8")
    if b"\0" in name:
        raise ValueError(f"{what} must not contain null character")
    return name


@cython.cfunc
def _idna(host) -> bytes:
    if len(host) > _NAME_MAX:
        raise _refused(host, "label too long")
    try:
        return host.encode("idna")
    except UnicodeError as problem:
        raise _refused(host, str(problem)) from None


@cython.cfunc
def _check_labels(host, name: bytes):
    """Hold ASCII names to the lengths that IDNA asks of labels, as for all other names."""
    if len(name) <= _LABEL_MAX and b".." not in name and not name.startswith(b"."):
        return
    labels = name.split(b".")
    if any(not 0 < len(label) <= _LABEL_MAX for label in labels[:-1]):
        raise _refused(host, "label empty or too long")
    if len(labels[-1]) > _LABEL_MAX:
        raise _refused(host, "label too long")


@cython.cfunc
def _refused(host, reason: str):
    problem = HostNameError(netdb.EAI_NONAME, f"{reason} in host name")
    problem.filename = host
    return problem
