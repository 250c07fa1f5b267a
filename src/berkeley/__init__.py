"""The socket module that Python deserves: `import berkeley as socket`."""

import sys

from berkeley import _platform, _public
from berkeley._base import socket as SocketType
from berkeley._capi import CAPI
from berkeley._cmsg import CMSG_LEN, CMSG_SPACE
from berkeley._conversion import from_stdlib, to_stdlib
from berkeley._descriptor import close, dup
from berkeley._enums import AddressFamily, AddressInfo, MsgFlag, SocketKind, _intenum_converter
from berkeley._errors import HostNameError, error, gaierror, herror, timeout
from berkeley._exported import *
from berkeley._exported import __all__ as _constants
from berkeley._fdpass import recv_fds, send_fds
from berkeley._files import EAGAIN, EBADF, EWOULDBLOCK, SocketIO, _blocking_errnos
from berkeley._hostent import gethostbyaddr, gethostbyname_ex
from berkeley._inet import htonl, htons, inet_aton, inet_ntoa, inet_ntop, inet_pton, ntohl, ntohs
from berkeley._install import install, uninstall
from berkeley._interfaces import if_indextoname, if_nameindex, if_nametoindex
from berkeley._lookup import getaddrinfo, getfqdn
from berkeley._netdb import gethostbyname, gethostname, getnameinfo, sethostname
from berkeley._pair import _LOCALHOST, _LOCALHOST_V6, _fallback_socketpair, socketpair
from berkeley._sendfile import _GiveupOnSendfile
from berkeley._services import getprotobyname, getservbyname, getservbyport
from berkeley._socket import fromfd, socket
from berkeley._tcp import _GLOBAL_DEFAULT_TIMEOUT, create_connection, create_server, has_dualstack_ipv6
from berkeley._timeouts import getdefaulttimeout, setdefaulttimeout
from berkeley.sockaddr import register_family

__version__ = "0.1.0"

__all__ = [
    "AddressFamily",
    "AddressInfo",
    "CAPI",
    "CMSG_LEN",
    "CMSG_SPACE",
    "MsgFlag",
    "SocketKind",
    "SocketType",
    "close",
    "create_connection",
    "create_server",
    "dup",
    "error",
    "fromfd",
    "gaierror",
    "getaddrinfo",
    "getdefaulttimeout",
    "getfqdn",
    "gethostbyaddr",
    "gethostbyname",
    "gethostbyname_ex",
    "gethostname",
    "getnameinfo",
    "getprotobyname",
    "getservbyname",
    "getservbyport",
    "has_dualstack_ipv6",
    "herror",
    "htonl",
    "htons",
    "if_indextoname",
    "if_nameindex",
    "if_nametoindex",
    "inet_aton",
    "inet_ntoa",
    "inet_ntop",
    "inet_pton",
    "ntohl",
    "ntohs",
    "recv_fds",
    "send_fds",
    "setdefaulttimeout",
    "sethostname",
    "socket",
    "socketpair",
    "timeout",
    *_constants,
]

for _name in _platform.absent_functions():
    del globals()[_name]
    __all__.remove(_name)

if sys.platform == "win32":
    from berkeley._socket import fromshare
    from berkeley._windows import if_nameindex

    __all__ += ["fromshare"]

_public.register(globals())
