"""An OpenSSH server on 127.0.0.1 with keys of its own, which lets in whoever runs it."""

from __future__ import annotations

import contextlib
import os
import pwd
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

from programs.servers.certificates import Certificates
from programs.servers.process import Missing, accepts, find, free_port, running

SETTINGS = """\
ListenAddress 127.0.0.1:{port}
HostKey {folder}/host_key
AuthorizedKeysFile {folder}/user_key.pub
PidFile none
UsePAM no
StrictModes no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
AllowTcpForwarding yes
PrintMotd no
PrintLastLog no
Subsystem sftp internal-sftp
"""

# For root sshd wants /run/sshd, and an account that is not locked: both exist in this mount namespace alone.
AS_ROOT = """
mount -t tmpfs -o mode=755 none /run && mkdir /run/sshd &&
mount --bind {folder}/passwd /etc/passwd && mount --bind {folder}/shadow /etc/shadow && exec {command}
"""


@contextlib.contextmanager
def serving(folder: Path, certificates: Certificates) -> Iterator[list[str]]:
    """The arguments of a client: port, user, private key, public key of the host, a folder to write in."""
    del certificates  # SSH has no use for them
    server = find("sshd", "openssh-server")
    account = pwd.getpwuid(os.geteuid())
    if os.geteuid() and Path(account.pw_shell).name in ("nologin", "false"):
        raise Missing(f"needs an account with a shell to log in to; that of {account.pw_name} is {account.pw_shell}")
    for name in ("host_key", "user_key"):
        command = [find("ssh-keygen", "openssh-client"), "-q", "-t", "ed25519", "-N", "", "-C", name]
        subprocess.run([*command, "-f", folder / name], check=True)
    port = free_port()
    (folder / "sshd_config").write_text(SETTINGS.format(port=port, folder=folder), "utf-8")
    (folder / "files").mkdir()
    words: list[str] = [server, "-D", "-e", "-f", str(folder / "sshd_config")]
    with running(words if os.geteuid() else _as_root(words, folder), folder, accepts(port)):
        paths = [folder / name for name in ("user_key", "host_key.pub", "files")]
        yield [str(port), account.pw_name, *map(str, paths)]


def _as_root(words: list[str], folder: Path) -> list[str]:
    unshare = [find("unshare", "util-linux"), "--mount", "--propagation", "private"]
    if subprocess.run([*unshare, "true"], capture_output=True, check=False).returncode:
        raise Missing("sshd as root needs the right to make a mount namespace (CAP_SYS_ADMIN)")
    others = [line for line in Path("/etc/passwd").read_text("utf-8").splitlines() if not line.startswith("root:")]
    passwd = [f"root:x:0:0::{folder}:/bin/sh", *others]
    (folder / "passwd").write_text("\n".join(passwd) + "\n", "utf-8")
    (folder / "shadow").write_text("root:*:19000:0:99999:7:::\nsshd:!:19000::::::\n", "ascii")
    script = AS_ROOT.format(folder=shlex.quote(str(folder)), command=shlex.join(words))
    return [*unshare, "sh", "-c", script]
