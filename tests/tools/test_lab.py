"""The host's side of the kernel lab, without a machine: its archive, its limits, its verdicts, its complaints."""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from lab import initramfs, kernel, machine, modules, needs, report, steps  # noqa: E402
from lab.job import Job  # noqa: E402

GOOD = machine.Ending("", ["lab: done"])
RAN = "\nRan 700 tests in 30.100s\n\n{} (skipped={})\n"
JUNIT = '<testsuites><testsuite name="pytest" tests="12" failures="{}" errors="0" skipped="3"/></testsuites>'


def program(code: str) -> list[str]:
    return [sys.executable, "-c", code]


@pytest.fixture
def nothing_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))


def test_what_is_missing_is_said_in_one_sentence_with_the_remedy(nothing_installed: None) -> None:
    sentence = needs.missing()
    assert "qemu-system-x86_64" in sentence
    assert re.search(r"\(as root: apt-get install qemu-system-x86 kmod busybox-static .*\)$", sentence)


def test_another_processor_is_told_that_it_cannot_run_the_lab(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.machine", lambda: "aarch64")
    assert "aarch64" in needs.missing()


def test_the_command_ends_with_status_2_and_no_traceback_where_programs_are_missing(tmp_path: Path) -> None:
    code = f"import sys; sys.argv = ['lab']; from lab import needs; needs.SYSTEM_FOLDERS = ({str(tmp_path)!r},);"
    code += "from lab.__main__ import main; sys.exit(main())"
    environment = {**os.environ, "PATH": str(tmp_path), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(program(code), env=environment, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("lab: the kernel lab needs qemu-system-x86_64")
    assert done.stderr.count("\n") == 1


def test_the_archive_is_made_of_headers_names_and_contents_at_multiples_of_four() -> None:
    archive = initramfs.encode([initramfs.Entry("init", stat.S_IFREG | 0o755, b"hello")])
    header, rest = archive[:110], archive[110:]
    assert len(archive) % 4 == 0
    assert header[:6] == b"070701"
    assert int(header[14:22], 16) == 0o100755
    assert int(header[54:62], 16) == len(b"hello")
    # The name ends in a NUL, and header and name together fill 116 bytes.
    assert rest[:14] == b"init\0\0" + b"hello\0\0\0"
    assert rest[14:20] == b"070701"
    assert b"TRAILER!!!\0" in rest


def test_the_archive_has_busybox_the_init_program_and_the_modules_in_order(tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("busybox", "b.ko", "a.ko")]
    for file in files:
        file.write_text(file.name)
    found = {entry.name: entry.content for entry in initramfs.entries(files[0], files[1:])}
    assert found["bin/busybox"] == b"busybox"
    assert found["init"].startswith(b"#!/bin/busybox sh\n")
    assert found["modules/000.ko"] == b"b.ko"
    assert found["modules/001.ko"] == b"a.ko"


def test_no_module_is_named_twice() -> None:
    assert len(modules.NAMES) == len(set(modules.NAMES))


def test_a_module_that_the_kernel_lacks_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    modprobe = tmp_path / "modprobe"
    modprobe.write_text("#!/bin/sh\necho 'modprobe: WARNING: Module qrtr-tun not found in directory /x' >&2\nexit 1\n")
    modprobe.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert list(modules.load("/x", "6.1")) == ["this kernel has no module qrtr-tun"]


def test_the_console_is_passed_on_line_by_line() -> None:
    lines: list[str] = []
    ending = machine.watch(program("print('one'); print('two\\r')"), machine.Limits(20, 20), lines.append)
    assert lines == ["one", "two"]
    assert ending == machine.Ending("", ["one", "two"])


def test_a_machine_that_falls_silent_is_ended_with_its_last_words() -> None:
    words = program("import time; print('last words', flush=True); time.sleep(50)")
    began = time.monotonic()
    ending = machine.watch(words, machine.Limits(30, 1), lambda line: None)
    assert ending.reason == "no word on the console for 1 s"
    assert ending.last_lines == ["last words"]
    assert time.monotonic() - began < 20


def test_a_machine_that_only_talks_is_ended_at_the_deadline() -> None:
    words = program("import time\nwhile True: print('.', flush=True); time.sleep(0.05)")
    assert machine.watch(words, machine.Limits(1, 10), lambda line: None).reason == "not ready after 1 s"


def test_a_machine_can_be_watched_until_it_says_something() -> None:
    words = program("import time; print('Linux version 6', flush=True); time.sleep(50)")
    began = time.monotonic()
    machine.watch(words, machine.Limits(30, 30), lambda line: None, until="Linux version")
    assert time.monotonic() - began < 20


def test_without_the_device_there_is_no_kvm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "KVM", tmp_path / "kvm")
    assert machine.accelerator(kernel.Kernel(tmp_path), tmp_path) == "tcg"


@pytest.fixture
def shared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder between host and guest, for steps that run right here."""
    monkeypatch.setattr(steps, "IN_GUEST", tmp_path)
    return tmp_path


def test_a_step_leaves_its_log_and_its_status(shared: Path) -> None:
    said: list[str] = []
    result = steps.run("families", program("print('hello'); raise SystemExit(3)"), said.append, aloud=False)
    assert (result.status, result.hung) == (3, False)
    assert (shared / "families.log").read_text() == "hello\n"
    assert said[0] == "families ..."
    assert said[-1].startswith("families: exit status 3, ")


def test_a_step_that_hangs_is_ended_and_shows_where_it_was(shared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "SILENCE", 1.0)
    monkeypatch.setenv("PYTHONFAULTHANDLER", "1")
    result = steps.run("families", program("def stuck(): import time; time.sleep(50)\nstuck()"), print, aloud=False)
    assert result.hung
    assert "in stuck" in (shared / "families.log").read_text()


Leave = Callable[..., Path]


@pytest.fixture
def leave(tmp_path: Path) -> Leave:
    """leave({title: (status, log)}) writes what a machine would."""

    def write(logs: dict[str, tuple[int, str]], failures: int = 0, status: str = "0") -> Path:
        results = [
            {"title": title, "status": status, "seconds": 5, "hung": False} for title, (status, _) in logs.items()
        ]
        (tmp_path / "results.json").write_text(json.dumps(results))
        for title, (_, log) in logs.items():
            (tmp_path / f"{title}.log").write_text(log)
        (tmp_path / "families.xml").write_text(JUNIT.format(failures))
        if status:
            (tmp_path / "status").write_text(status)
        return tmp_path

    return write


def test_a_good_machine_gives_its_counts_and_no_complaint(leave: Leave) -> None:
    folder = leave(
        {
            "families": (0, ""),
            "test_socket-stdlib": (0, RAN.format("OK", 23)),
            "test_socket-berkeley": (0, RAN.format("OK", 15)),
        }
    )
    assert report.judge(folder, GOOD) == report.Verdict(
        [
            "families: tests 12, failures 0, errors 0, skipped 3 (5 s)",
            "test_socket-stdlib: run 700, failures 0, errors 0, skipped 23 (5 s)",
            "test_socket-berkeley: run 700, failures 0, errors 0, skipped 15 (5 s)",
        ],
        [],
    )


def test_a_failed_test_is_a_complaint_with_its_traceback(leave: Leave) -> None:
    verdict = report.judge(leave({"families": (1, "...\n== FAILURES ==\nassert 1 == 2")}, failures=1), GOOD)
    assert verdict.lines == ["families: tests 12, failures 1, errors 0, skipped 3 (5 s)"]
    assert verdict.wrong == ["families failed:\n= FAILURES ==\nassert 1 == 2"]


def test_more_skips_than_the_interpreters_own_module_are_a_complaint(leave: Leave) -> None:
    logs = {"test_socket-stdlib": (0, RAN.format("OK", 23)), "test_socket-berkeley": (0, RAN.format("OK", 24))}
    assert report.judge(leave(logs), GOOD).wrong == ["berkeley skips 1 tests more than stdlib"]


def test_a_machine_without_an_exit_status_did_not_come_to_its_end(leave: Leave) -> None:
    verdict = report.judge(leave({"families": (0, "")}, status=""), machine.Ending("", ["Kernel panic"]))
    assert verdict.wrong == ["the machine was ended: it stopped before it was done; its last lines:\n    Kernel panic"]


def test_a_machine_that_left_nothing_at_all_is_a_complaint(tmp_path: Path) -> None:
    assert report.judge(tmp_path, machine.Ending("not ready after 1 s", [])).wrong


def test_requirements_are_kept_after_a_whole_run_alone(leave: Leave, tmp_path: Path) -> None:
    folder = leave({"families": (0, "log")})
    (folder / "requirements.json").write_text("{}")
    out = tmp_path / "build" / "lab"
    out.mkdir(parents=True)
    report.keep(folder, "3.12", out, whole=False)
    assert {path.name for path in out.iterdir()} == {"families-3.12.log", "families-3.12.xml"}
    assert not (out.parent / "requirements-lab-3.12.json").exists()
    report.keep(folder, "3.12", out, whole=True)
    assert (out.parent / "requirements-lab-3.12.json").read_text() == "{}"


def test_a_job_comes_out_of_the_folder_as_it_went_in(tmp_path: Path) -> None:
    job = Job("/usr/bin/python3", "/cache", "6.1", ["tests/families", "-k", "can or alg"], True, False)
    job.write(tmp_path)
    assert Job.read(tmp_path) == job


def test_the_guest_enters_the_hosts_root_with_an_environment_of_its_own(tmp_path: Path) -> None:
    start = Job("/opt/my python/bin/python", "/cache", "6.1", [], True, False).start()
    entering = next(line for line in start.splitlines() if line.startswith("chroot /host"))
    assert "env -i" in entering
    assert "BERKELEY_LAB=1" in entering
    assert "/opt/my python/bin/python" in entering
    done = subprocess.run(["sh", "-n"], input=start, text=True, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_outside_the_lab_every_file_of_families_is_skipped_with_the_reason() -> None:
    environment = {name: value for name, value in os.environ.items() if name != "BERKELEY_LAB"}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/families"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    files = sorted(path.name for path in (ROOT / "tests" / "families").glob("test_*.py"))
    told = sorted(re.findall(r"SKIPPED.*: (\S+) needs the kernel lab: make lab", done.stdout))
    assert told == files
    assert f"{len(files)} skipped in" in done.stdout
