"""nginx on 127.0.0.1, with TLS on one port and without on another: files to get and to put, and a few plain answers."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from programs.servers.certificates import Certificates
from programs.servers.process import accepts, find, free_port, running

SETTINGS = """
{user}
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 256; }}
http {{
  access_log off;
  default_type application/octet-stream;
  types {{ text/plain txt; }}
  client_max_body_size 64m;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  gzip on;
  gzip_types text/plain;
  server {{
    listen 127.0.0.1:{tls} ssl;
    listen 127.0.0.1:{plain};
    ssl_certificate {certificate};
    ssl_certificate_key {key};
    ssl_protocols TLSv1.2 TLSv1.3;
    root {folder}/files;
    location / {{ dav_methods PUT DELETE; create_full_put_path on; }}
    location = /moved {{ return 302 /small.txt; }}
    location = /busy {{ return 503 "later\\n"; }}
    location = /echo {{ return 200 "$request_method $args $http_x_word $ssl_protocol\\n"; }}
  }}
}}
"""


@contextlib.contextmanager
def serving(folder: Path, certificates: Certificates) -> Iterator[list[str]]:
    """The arguments of a web client: two base addresses, with TLS and without, and the file of the authority."""
    command = find("nginx", "nginx")
    files = folder / "files"
    files.mkdir()
    (files / "small.txt").write_text("a line of text\n" * 100, "ascii")
    (files / "large.bin").write_bytes(bytes(range(256)) * (8 << 12))
    tls, plain = free_port(), free_port()
    (folder / "nginx.conf").write_text(
        SETTINGS.format(
            user="user root;" if os.geteuid() == 0 else "",
            folder=folder,
            tls=tls,
            plain=plain,
            certificate=certificates.certificate,
            key=certificates.key,
        ),
        "utf-8",
    )
    options: list[str | Path] = ["-c", folder / "nginx.conf", "-p", folder, "-e", folder / "error.log"]
    with running([command, *options], folder, accepts(plain)):
        yield [f"https://127.0.0.1:{tls}", f"http://127.0.0.1:{plain}", str(certificates.authority)]
