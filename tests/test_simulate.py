"""The simulation of many shards against what can be computed, and the arithmetic of docs/scaling.md."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from index import Index
from tests.bench.parts import Parts, measure
from tests.bench.simulate import FACTS, MEASURED, Cluster, Times, arithmetic, beside, needs, simulate
from tests.conftest import WordEmbeddings
from tests.stores import numbered

DRAWS = tuple(np.random.default_rng(7).uniform(0, 1, 2_000).tolist())
PARTS = Parts("a machine", 1_000, {"ledger.sqlite": 3_000_000}, (1.0,), (2.0,), (0.5,), (5.0,), (10.0,))


def wide(shards: int) -> Cluster:
    """Nothing waits."""
    return Cluster(shards, shards, cores=1, at_once=shards)


def test_one_shard_without_a_queue_takes_what_was_measured() -> None:
    taken, rate = simulate(Times(DRAWS), wide(1), 4_000)
    assert taken == pytest.approx([min(DRAWS, key=lambda each: abs(each - one)) for one in taken])
    assert np.percentile(taken, (5, 50, 95)) == pytest.approx(np.percentile(DRAWS, (5, 50, 95)), abs=0.03)
    assert rate == pytest.approx(1000 / taken.mean())


@pytest.mark.parametrize("shards", [2, 10, 50])
def test_many_shards_take_as_long_as_the_slowest(shards: int) -> None:
    """A share p of the largest of n uniform draws is at most the nth root of p."""
    taken, _ = simulate(Times(DRAWS), wide(shards), 2_000)
    assert np.percentile(taken, (50, 95)) == pytest.approx([0.5 ** (1 / shards), 0.95 ** (1 / shards)], abs=0.03)


@pytest.mark.parametrize(
    ("cluster", "milliseconds", "a_second"),
    [
        (Cluster(16, 16, cores=1, at_once=16), 13, 1000 / 13),
        (Cluster(16, 16, cores=1, at_once=8), 23, 1000 / 23),  # asked in two turns
        (Cluster(16, 1, cores=4, at_once=16), 43, 1000 / 43),  # one machine does four at a time
        (Cluster(1, 1, cores=4, at_once=100, clients=40), 100, 400),  # as fast as four cores can
        (Cluster(8, 8, cores=1, at_once=8, slow=10), 103, 1000 / 103),
    ],
)
def test_what_waits_takes_its_turn(cluster: Cluster, milliseconds: float, a_second: float) -> None:
    taken, rate = simulate(Times([10.0], [1.0], [2.0]), cluster, 2_000)
    assert np.median(taken) == pytest.approx(milliseconds)
    assert rate == pytest.approx(a_second, rel=0.02)


def test_a_shard_that_waits_for_no_core_leaves_it_to_another() -> None:
    """Four turns of 5 ms each, and the last shards answer 5 ms later."""
    taken, _ = simulate(Times([10.0], busy=0.5), Cluster(16, 1, cores=4, at_once=16), 10)
    assert taken == pytest.approx(25)


def test_a_seed_gives_the_same_again() -> None:
    one, other, third = (simulate(Times(DRAWS), wide(3), 50, seed)[0].tolist() for seed in (1, 1, 2))
    assert one == other != third


def test_the_units() -> None:
    some = needs(2_000_000, PARTS)
    assert some.disk == {"ledger.sqlite": 6.0}  # 3,000 bytes a passage
    assert some.shards == 2
    # 2^30 / 245,000 bytes of a record of 1,024 numbers, less four bytes for each of the 640 that ours lacks
    assert some.memory == pytest.approx(2_000_000 * (4382.6 - 2560) / 2**30, rel=1e-4)
    assert (some.machines, some.month) == (1, FACTS.machine_month)
    assert some.added == pytest.approx(2_000_000 / 95.1 / 3600)
    assert some.gpu == pytest.approx(2_000_000 / 44_737 / 3600, rel=1e-3)
    assert some.cloud == pytest.approx(2_000_000 * (384 * 4 + 200) / 2**30)
    assert some.cloud_month == pytest.approx(some.cloud * 0.33 + 250)
    assert some.cloud_thousand == pytest.approx(1_000 * some.cloud / 1_024 * 0.0075)
    assert needs(100_000_000, PARTS).machines == 3


def test_the_page_has_the_arithmetic_of_the_code() -> None:
    page = (Path(__file__).parents[1] / "docs" / "scaling.md").read_text(encoding="utf-8")
    assert arithmetic(Parts.read(MEASURED)) in page, "paste what `python -m tests.bench.simulate --table` prints"


def test_each_part_is_measured_for_each_question(tmp_path: Path, words: WordEmbeddings) -> None:
    with Index.open(tmp_path / "store", embedder=words) as index:
        index.add(map(numbered, range(30)))
        made = measure(index, [f"subject{number}" for number in range(7)])
    assert made.passages == 30
    assert all(len(each) == 7 for each in (made.embedding, made.vectors, made.words, made.search, made.judging))
    assert min(made.vectors + made.search) > 0
    made.write(tmp_path / "parts.json")
    assert Parts.read(tmp_path / "parts.json") == made


def test_the_simulation_stands_beside_a_real_server() -> None:
    vectors = np.random.default_rng(0).normal(size=(200, 8)).astype(np.float32)
    shown = beside(vectors, vectors[:20], shards=2)
    assert "100 passages a shard" in shown
    assert [line.split(" | ")[1].split(",")[0] for line in shown.splitlines()[2:]] == [
        "measured",
        *("measured", "simulated", "simulated"),
        *("measured", "simulated", "simulated"),
    ]
