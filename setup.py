"""Which modules are compiled, and for which systems; everything else about the build is in pyproject.toml."""

import glob
import os

from Cython.Build import cythonize
from setuptools import Extension, setup

CORE = [
    "_addresses",
    "_arguments",
    "_base",
    "_bytes",
    "_calls",
    "_capi",
    "_cmsg",
    "_descriptor",
    "_errors",
    "_hostent",
    "_hostname",
    "_inet",
    "_interfaces",
    "_kept",
    "_message",
    "_names",
    "_netdb",
    "_options",
    "_resolve",
    "_services",
    "_timeouts",
    "_transfer",
    "_wait",
    "sockaddr.__init__",
    "sockaddr._bdaddr",
    "sockaddr._hex",
    "sockaddr._layout",
    "sockaddr.alg",
    "sockaddr.bluetooth",
    "sockaddr.bluetooth_freebsd",
    "sockaddr.bluetooth_netbsd",
    "sockaddr.bluetooth_windows",
    "sockaddr.can",
    "sockaddr.hyperv",
    "sockaddr.ieee802154",
    "sockaddr.inet",
    "sockaddr.inet6",
    "sockaddr.link",
    "sockaddr.llc",
    "sockaddr.netlink",
    "sockaddr.packet",
    "sockaddr.phonet",
    "sockaddr.pppox",
    "sockaddr.qipcrtr",
    "sockaddr.raw",
    "sockaddr.rds",
    "sockaddr.registered",
    "sockaddr.smc",
    "sockaddr.system",
    "sockaddr.tipc",
    "sockaddr.unix",
    "sockaddr.vsock",
    "sockaddr.xdp",
]

# Heap types: what free-threaded builds need, and what CPython's own socket type is.
MACROS = [("CYTHON_USE_TYPE_SPECS", "1")]

DIRECTIVES = {
    "language_level": 3,
    "binding": False,
    "auto_pickle": False,
    "embedsignature": False,
    "autotestdict": False,
    "cdivision": True,
}


def extension(name: str) -> Extension:
    """One compiled module: `sockaddr.inet` is src/berkeley/sockaddr/inet.py."""
    source = os.path.join("src", "berkeley", *name.split(".")) + ".py"
    return Extension(f"berkeley.{name}", [source], define_macros=MACROS, extra_compile_args=["-g0"])


def declarations_changed() -> bool:
    """Whether a file of libc/ is newer than what was made with it: Cython does not follow imports of whole modules."""
    made = [os.path.getmtime(path) for path in glob.glob("build/cython/**/*.c", recursive=True)]
    return bool(made) and min(made) < max(os.path.getmtime(path) for path in glob.glob("src/berkeley/libc/*.pxd"))


setup(
    ext_modules=cythonize(
        [extension(name) for name in CORE],
        build_dir="build/cython",
        include_path=["src"],
        compiler_directives=DIRECTIVES,
        nthreads=0,
        force=declarations_changed(),
    )
)
