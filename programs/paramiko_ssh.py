"""paramiko to an OpenSSH server: commands, a shell's output in bulk, files by SFTP, a tunnel, errors."""

import base64
import hashlib
import io
import logging
import socket
import threading

import paramiko
import timed

LARGE = b"paramiko\n" * 500_000


def connected(port, user, key, host_key, **options):
    client = paramiko.SSHClient()
    client.get_host_keys().add(f"[127.0.0.1]:{port}", host_key.get_name(), host_key)
    settings = {"username": user, "pkey": key, "look_for_keys": False, "allow_agent": False, "timeout": 10}
    client.connect("127.0.0.1", port, **{**settings, **options})
    return client


def commands(client):
    stdin, stdout, stderr = client.exec_command("cat; echo done >&2; exit 3")
    stdin.write("a line\n" * 1000)
    stdin.channel.shutdown_write()
    print("exec", len(stdout.read()), stderr.read(), stdout.channel.recv_exit_status())
    for number in range(10):
        stdin, stdout, stderr = client.exec_command(f"echo {number}")
        last = stdout.read()
    print("last of many", last)
    stdin, stdout, stderr = client.exec_command("head -c 5000000 /dev/zero")
    print("bulk", hashlib.sha256(stdout.read()).hexdigest()[:16])
    stdin, stdout, stderr = client.exec_command("cat", timeout=0.2)
    try:
        stdout.read()
    except TimeoutError:
        print("nothing came")
    stdout.channel.close()


def files(client, folder):
    with client.open_sftp() as sftp:
        print("put", sftp.putfo(io.BytesIO(LARGE), f"{folder}/large").st_size)
        back = io.BytesIO()
        print("got", sftp.getfo(f"{folder}/large", back), back.getvalue() == LARGE)
        sftp.rename(f"{folder}/large", f"{folder}/renamed")
        sftp.mkdir(f"{folder}/below")
        print("listed", sorted(sftp.listdir(folder)))
        with sftp.open(f"{folder}/renamed") as file:
            print("lines", len([file.readline() for number in range(1000)]))
        sftp.remove(f"{folder}/renamed")
        sftp.rmdir(f"{folder}/below")
        try:
            sftp.stat(f"{folder}/renamed")
        except FileNotFoundError as error:
            print("missing", error.errno)


def echo(server):
    conn, _ = server.accept()
    with conn:
        while data := conn.recv(65_536):
            conn.sendall(data)


def tunnel(client):
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=echo, args=[server])
        thread.start()
        channel = client.get_transport().open_channel("direct-tcpip", server.getsockname(), ("127.0.0.1", 1))
        with channel:
            channel.sendall(b"through the tunnel")
            channel.shutdown_write()
            print("tunnel", channel.makefile("rb").read())
        thread.join()


def failing(what, *arguments, **options):
    try:
        connected(*arguments, **options).close()
    except (paramiko.SSHException, OSError) as error:
        print(what, type(error).__name__)
    else:
        print(what, "did not fail")


def failures(port, user, key, host_key):
    stranger = paramiko.ECDSAKey.generate()
    failing("wrong key", port, user, stranger, host_key)
    failing("wrong host", port, user, key, paramiko.RSAKey.generate(2048))
    with socket.create_server(("127.0.0.1", 0)) as silent:
        unused = silent.getsockname()[1]
        failing("no banner", unused, user, key, host_key, banner_timeout=0.3)
    failing("refused", unused, user, key, host_key)


def main(port, user, key_file, host_key_file, folder):
    key = paramiko.Ed25519Key.from_private_key_file(key_file)
    with open(host_key_file) as file:
        host_key = paramiko.PKey.from_type_string(*decoded(file.read()))
    with connected(int(port), user, key, host_key) as client:
        commands(client)
        files(client, folder)
        tunnel(client)
    logging.getLogger("paramiko").addHandler(logging.NullHandler())
    failures(int(port), user, key, host_key)


def decoded(line):
    name, text = line.split()[:2]
    return name, base64.b64decode(text)


if __name__ == "__main__":
    timed.run(main)
