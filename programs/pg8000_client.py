"""pg8000 to PostgreSQL over TLS: transactions, bulk copies, large objects, notifications, errors of both sides."""

import io
import socket
import ssl

import pg8000.dbapi
import pg8000.native
import timed

LARGE = bytes(range(256)) * 8192


def transactions(connection):
    cursor = connection.cursor()
    cursor.execute("CREATE TEMPORARY TABLE item (number integer PRIMARY KEY, word text, data bytea)")
    for number in range(300):
        cursor.execute("INSERT INTO item VALUES (%s, %s, %s)", (number, f"wörd {number}", b"\0" * number))
    connection.commit()
    cursor.execute("DELETE FROM item")
    connection.rollback()
    cursor.execute("SELECT count(*), sum(length(data)), max(word) FROM item")
    print("items", *cursor.fetchone())
    cursor.execute("UPDATE item SET data = %s WHERE number = 7", (LARGE,))
    cursor.execute("SELECT data FROM item WHERE number = 7")
    print("large", cursor.fetchone()[0] == LARGE)
    connection.commit()


def copies(connection):
    cursor = connection.cursor()
    cursor.execute("CREATE TEMPORARY TABLE line (number integer, word text)")
    lines = "".join(f"{number}\tword {number}\n" for number in range(20_000))
    cursor.execute("COPY line FROM STDIN", stream=io.BytesIO(lines.encode()))
    out = io.BytesIO()
    cursor.execute("COPY (SELECT * FROM line ORDER BY number) TO STDOUT", stream=out)
    print("copied", cursor.rowcount, out.getvalue().decode() == lines)
    cursor.execute("SELECT n, repeat('x', 100) FROM generate_series(1, 20000) n")
    print("rows", sum(len(word) for number, word in cursor))
    connection.commit()


def errors(connection):
    for statement in ("SELECT 1 / 0", "SELECT nothing", "INSERT INTO item VALUES (1)"):
        try:
            connection.cursor().execute(statement)
        except pg8000.dbapi.DatabaseError as error:
            print("refused", error.args[0]["C"])
        connection.rollback()


def notifications(options):
    with pg8000.native.Connection(**options) as listener, pg8000.native.Connection(**options) as other:
        listener.run("LISTEN news")
        other.run("NOTIFY news, 'something happened'")
        listener.run("SELECT 1")
        print("heard", [note[1:] for note in listener.notifications])
        print("encrypted", listener.run("SELECT ssl, version FROM pg_stat_ssl WHERE pid = pg_backend_pid()"))


def failing(what, options, **others):
    try:
        pg8000.dbapi.connect(**{**options, **others}).close()
    except (pg8000.dbapi.Error, OSError) as error:
        detail = error.args[0]["C"] if error.args and isinstance(error.args[0], dict) else ""
        print(what, type(error).__name__, detail)
    else:
        print(what, "did not fail")


def failures(options):
    failing("wrong password", options, password="wrong")
    failing("without TLS", options, ssl_context=False)
    failing("not trusted", options, ssl_context=ssl.create_default_context())
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        failing("no answer", options, port=port, timeout=0.1)
    failing("refused", options, port=port)


def slow_query(options):
    connection = pg8000.dbapi.connect(**{**options, "timeout": 1})
    try:
        connection.cursor().execute("SELECT pg_sleep(30)")
    except (pg8000.dbapi.Error, OSError) as error:
        print("too slow", type(error).__name__)
    try:
        connection.close()
    except (pg8000.dbapi.Error, OSError) as error:
        print("closing", type(error).__name__)


def main(port, folder, user, password, authority):
    options = {
        "host": "127.0.0.1",
        "port": int(port),
        "user": user,
        "password": password,
        "database": "postgres",
        "ssl_context": ssl.create_default_context(cafile=authority),
    }
    by_path = {"unix_sock": f"{folder}/.s.PGSQL.{port}", "user": user, "password": password, "database": "postgres"}
    for ways in (options, by_path):
        connection = pg8000.dbapi.connect(**ways)
        transactions(connection)
        copies(connection)
        errors(connection)
        connection.close()
        notifications(ways)
    slow_query(options)
    failures(options)


if __name__ == "__main__":
    timed.run(main)
