"""A bound is met, missed, or not to be told from noise; a row keeps its bounds on its way through JSON."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import pytest

pytest.importorskip("rich", reason="the table needs the package rich")

from bench import bounds, chart, measure, table
from bench.bounds import Verdict, costs, faster, within
from bench.measure import Comparison


def row(berkeley: list[float], stdlib: list[float], *limits: bounds.Bound) -> Comparison:
    return Comparison("send", "blocking", {"berkeley": berkeley, "stdlib": stdlib}, limits)


@pytest.mark.parametrize(
    ("stdlib", "verdict"),
    [
        ([2.0] * 10, Verdict.MET),
        ([1.4] * 10, Verdict.MISSED),
        ([1.4] * 9 + [9.0], Verdict.MISSED),
        ([1.4] * 7 + [1.6] * 3, Verdict.NOISE),
        ([1.4] * 4 + [1.6] * 6, Verdict.MET),
    ],
)
def test_a_lower_bound_is_missed_when_nine_rounds_in_ten_miss_it(stdlib: list[float], verdict: Verdict) -> None:
    assert faster(1.5).verdict(row([1.0] * 10, stdlib)) is verdict


@pytest.mark.parametrize(
    ("berkeley", "verdict"),
    [([1.0] * 10, Verdict.MET), ([1.3] * 10, Verdict.MISSED), ([1.3] * 8 + [1.1] * 2, Verdict.NOISE)],
)
def test_an_upper_bound_is_missed_when_nine_rounds_in_ten_miss_it(berkeley: list[float], verdict: Verdict) -> None:
    assert within(1.2, "stdlib").verdict(row(berkeley, [1.0] * 10)) is verdict


def test_a_margin_forgives_what_is_not_more() -> None:
    assert faster(2.0).verdict(row([1.0], [1.85]), margin=0.1) is not Verdict.MISSED
    assert faster(2.0).verdict(row([1.0], [1.75]), margin=0.1) is Verdict.MISSED


def test_a_cost_is_bounded_by_itself() -> None:
    assert costs(40e-9).verdict(row([39e-9], [])) is Verdict.MET
    assert costs(40e-9).verdict(row([50e-9], [])) is Verdict.MISSED


def test_a_bound_holds_only_where_the_peer_is_slow_enough() -> None:
    bound = faster(100.0, where=1e-3)
    assert bound.verdict(row([1e-5], [1e-4])) is Verdict.NOT_MEASURED
    assert bound.verdict(row([1e-4], [4e-3])) is Verdict.MISSED


def test_a_peer_that_is_missing_is_not_judged() -> None:
    assert within(1.15).verdict(row([1.0], [1.0])) is Verdict.NOT_MEASURED
    assert bounds.misses(row([1.0], [1.0], within(1.15))) == []


def test_a_missed_bound_is_told_in_words() -> None:
    found = row([1.0], [1.2], faster(1.5), within(0.5, "stdlib"), costs(0.5))
    assert bounds.misses(found) == [
        "send, blocking: 1.20 times as fast as stdlib is not ≥ 1.5",
        "send, blocking: 0.83 of stdlib is not ≤ 0.5",
        "send, blocking: 1 s is not ≤ 500 ms",
    ]


def test_a_row_comes_back_from_json_as_it_was() -> None:
    found = row([1.0, 1.1], [2.0, 2.2], faster(1.5), within(1.15), costs(2.0))
    assert table.recalled(json.loads(json.dumps(table.record(found)))) == found


def test_the_rounds_of_a_ratio_are_compared_one_by_one() -> None:
    found = row([1.0, 2.0, 4.0], [2.0, 4.0, 8.0])
    assert found.ratios("stdlib", "berkeley") == [2.0, 2.0, 2.0]


def test_contenders_take_turns_that_turn_around() -> None:
    order: list[str] = []
    contenders = {name: lambda name=name: float(order.append(name) or 0) for name in "ab"}  # type: ignore[misc]
    measure.interleave(contenders, 2)
    assert order == ["a", "b", "b", "a", "a", "b"]


def test_the_chart_is_xml_and_shows_every_row_that_was_measured() -> None:
    name, operation, condition, label = chart.CHARTED[0]
    found = Comparison(operation, condition, {"berkeley": [1.0], "stdlib": [1.5]})
    drawn = chart.draw({name: [found]}, "a <machine>")
    texts = [each.text for each in ElementTree.fromstring(drawn).iter("{http://www.w3.org/2000/svg}text")]
    assert {label, "1.5", "a <machine>"} <= set(texts)
