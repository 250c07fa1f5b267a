import sys

from berkeley._base import socket as _base_socket
from berkeley._capi import CAPI as CAPI
from berkeley._cmsg import CMSG_LEN as CMSG_LEN
from berkeley._cmsg import CMSG_SPACE as CMSG_SPACE
from berkeley._conversion import from_stdlib as from_stdlib
from berkeley._conversion import to_stdlib as to_stdlib
from berkeley._descriptor import close as close
from berkeley._descriptor import dup as dup
from berkeley._enums import AddressFamily as AddressFamily
from berkeley._enums import AddressInfo as AddressInfo
from berkeley._enums import MsgFlag as MsgFlag
from berkeley._enums import SocketKind as SocketKind
from berkeley._errors import HostNameError as HostNameError
from berkeley._errors import error as error
from berkeley._errors import gaierror as gaierror
from berkeley._errors import herror as herror
from berkeley._errors import timeout as timeout
from berkeley._exported import *
from berkeley._fdpass import recv_fds as recv_fds
from berkeley._fdpass import send_fds as send_fds
from berkeley._files import EAGAIN as EAGAIN
from berkeley._files import EBADF as EBADF
from berkeley._files import EWOULDBLOCK as EWOULDBLOCK
from berkeley._files import SocketIO as SocketIO
from berkeley._hostent import gethostbyaddr as gethostbyaddr
from berkeley._hostent import gethostbyname_ex as gethostbyname_ex
from berkeley._inet import htonl as htonl
from berkeley._inet import htons as htons
from berkeley._inet import inet_aton as inet_aton
from berkeley._inet import inet_ntoa as inet_ntoa
from berkeley._inet import inet_ntop as inet_ntop
from berkeley._inet import inet_pton as inet_pton
from berkeley._inet import ntohl as ntohl
from berkeley._inet import ntohs as ntohs
from berkeley._install import install as install
from berkeley._install import uninstall as uninstall
from berkeley._interfaces import if_indextoname as if_indextoname
from berkeley._interfaces import if_nameindex as if_nameindex
from berkeley._interfaces import if_nametoindex as if_nametoindex
from berkeley._lookup import getaddrinfo as getaddrinfo
from berkeley._lookup import getfqdn as getfqdn
from berkeley._netdb import gethostbyname as gethostbyname
from berkeley._netdb import gethostname as gethostname
from berkeley._netdb import getnameinfo as getnameinfo
from berkeley._netdb import sethostname as sethostname
from berkeley._pair import socketpair as socketpair
from berkeley._services import getprotobyname as getprotobyname
from berkeley._services import getservbyname as getservbyname
from berkeley._services import getservbyport as getservbyport
from berkeley._socket import fromfd as fromfd
from berkeley._socket import socket as socket
from berkeley._tcp import create_connection as create_connection
from berkeley._tcp import create_server as create_server
from berkeley._tcp import has_dualstack_ipv6 as has_dualstack_ipv6
from berkeley._timeouts import getdefaulttimeout as getdefaulttimeout
from berkeley._timeouts import setdefaulttimeout as setdefaulttimeout

if sys.platform == "win32":
    from berkeley._socket import fromshare as fromshare

SocketType = _base_socket
__version__: str
__all__: list[str]
