"""Draws how many times as fast as the interpreter's module berkeley is: bars on a logarithmic scale, as SVG."""

from __future__ import annotations

import html
import math
from collections.abc import Iterator
from dataclasses import dataclass

from bench.measure import Comparison

# Benchmark, operation, condition, and what the chart calls it.
CHARTED = (
    ("pingpong", "64 B over unix", "timeout", "64 B there and back, AF_UNIX, with a timeout"),
    ("pingpong", "64 B over udp", "timeout", "UDP, with a timeout"),
    ("pingpong", "64 B over tcp", "timeout", "TCP, with a timeout"),
    ("pingpong", "64 B over unix", "blocking", "AF_UNIX, blocking"),
    ("pingpong", "64 B over tcp", "non-blocking", "TCP, non-blocking"),
    ("pingpong", "64 KiB over tcp", "blocking", "64 KiB over TCP, blocking"),
    ("large_receives", "recv(256 KiB)", "in a fresh process", "recv(256 KiB) of 64 B, fresh process"),
    ("large_receives", "recv(256 KiB)", "once a large block was freed", "the same, after a large block was freed"),
    ("python_side", "send", "blocking, one thread", "Python side of send()"),
    ("python_side", "recv(4096)", "blocking, one thread", "Python side of recv()"),
    ("python_side", "recvfrom", "blocking, one thread, repeated peer", "Python side of recvfrom()"),
    ("senders", "recvfrom", "blocking", "recvfrom() over UDP"),
    ("batches", "GSO, GRO", "64", "send_many() and recv_many(), 64 B"),
    ("batches", "GSO, GRO", "1200", "send_many() and recv_many(), 1200 B"),
    ("fairness", "a send", "blocking, 1 busy thread", "send() beside a CPU-bound thread"),
    ("asyncio_servers", "request", "in a fresh process", "asyncio echo, fresh process"),
    ("asyncio_servers", "request", "once a large block was freed", "asyncio echo, after a large block was freed"),
    ("asyncio_servers", "request", "fresh, beside a CPU-bound thread", "asyncio echo beside a CPU-bound thread"),
    ("connections", "connect, accept, close", "blocking", "connect, accept and close"),
    ("connections", "create_connection", "numeric host", "create_connection() to a number"),
    ("numeric_hosts", "getaddrinfo", "numeric host", "getaddrinfo() of a number"),
    ("imports", "import", "over a bare start", "import"),
    ("files", "readline", "blocking", "makefile().readline()"),
    ("bulk", "sendall, 1 MiB", "tcp, to another process", "sendall() of 1 MiB"),
)

TITLE = "Times as fast as the interpreter's own module: the median, and the middle eight tenths of the rounds"
WIDTH, LABELS, RIGHT, ROW, TOP = 860, 330, 60, 22, 58
STYLE = """
text { font: 13px system-ui, sans-serif; fill: #24292f }
.small { font-size: 11px; fill: #57606a }
.bar { fill: #2f6f9f } .slower { fill: #b3541e } .spread { stroke: #24292f; stroke-width: 1 } .grid { stroke: #d0d7de }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 } .small { fill: #9198a1 } .bar { fill: #5aa5d8 } .slower { fill: #e0884f }
  .spread { stroke: #e6edf3 } .grid { stroke: #3d444d }
}
"""


@dataclass(frozen=True)
class Scale:
    """Ratios on a logarithmic axis."""

    low: float
    high: float

    def x(self, ratio: float) -> float:
        share = math.log(max(ratio, self.low) / self.low) / math.log(self.high / self.low)
        return LABELS + min(1.0, share) * (WIDTH - LABELS - RIGHT)

    def ticks(self) -> list[float]:
        steps = (0.25, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000)
        return [each for each in steps if self.low <= each <= self.high]


def rows(benchmarks: dict[str, list[Comparison]]) -> list[tuple[str, Comparison]]:
    """What the chart shows, of what was measured."""
    found = {(name, row.operation, row.condition): row for name, each in benchmarks.items() for row in each}
    return [(label, found[tuple(key)]) for *key, label in CHARTED if tuple(key) in found]  # type: ignore[index]


def bar(number: int, label: str, row: Comparison, scale: Scale) -> Iterator[str]:
    """One bar, from 1 to the median, with a line over the middle eight tenths of the rounds."""
    ratio = row.ratio("stdlib", "berkeley") or 1.0
    low, high = row.spread("stdlib", "berkeley")
    y = TOP + number * ROW
    left, right = sorted((scale.x(1.0), scale.x(ratio)))
    kind = "bar" if ratio >= 1 else "slower"
    yield f'<text x="{LABELS - 10}" y="{y + 14}" text-anchor="end">{html.escape(label)}</text>'
    yield f'<rect class="{kind}" x="{left:.1f}" y="{y + 4}" width="{max(1.0, right - left):.1f}" height="{ROW - 8}"/>'
    middle = y + ROW / 2
    yield f'<line class="spread" x1="{scale.x(low):.1f}" x2="{scale.x(high):.1f}" y1="{middle}" y2="{middle}"/>'
    place = max(right, scale.x(high)) + 6
    yield f'<text class="small" x="{place:.1f}" y="{y + 15}">{ratio:.3g}</text>'


def axis(scale: Scale, bottom: float) -> Iterator[str]:
    for tick in scale.ticks():
        x = scale.x(tick)
        yield f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{bottom}"/>'
        yield f'<text class="small" x="{x:.1f}" y="{bottom + 16}" text-anchor="middle">{tick:g}</text>'


def draw(benchmarks: dict[str, list[Comparison]], subtitle: str) -> str:
    """The chart of one interpreter's figures; the subtitle says whose they are."""
    shown = rows(benchmarks)
    ratios = [end for _, row in shown for end in row.spread("stdlib", "berkeley")]
    scale = Scale(min([0.5, *ratios]), max([2.0, *ratios]) * 1.2)
    bottom = TOP + len(shown) * ROW
    height = bottom + 30
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">',
        f"<style>{STYLE}</style>",
        f'<text x="10" y="22">{TITLE}</text>',
        f'<text class="small" x="10" y="42">{html.escape(subtitle)}</text>',
        *axis(scale, bottom),
        *(part for number, (label, row) in enumerate(shown) for part in bar(number, label, row, scale)),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"
