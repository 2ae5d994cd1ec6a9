"""The training of the adapter, on a model of a few numbers."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from gguf import GGUFReader

from bot.classifiers import calibration as calibrate
from bot.training import probe
from bot.training.probe import ProbeAdapter, ReadCase
from bot.training.qwen2 import BIASED, MATRICES, NUMBERS, KeysValues, Layer, Layers, Shape, backwards

SHAPE = Shape(heads=4, groups=2, size=4, base=10_000.0, epsilon=1e-6)
WIDTH, KEYS, FED, WORDS = 16, 8, 24, 10
SIZES = {
    **{"attn_q": (WIDTH, WIDTH), "attn_k": (KEYS, WIDTH), "attn_v": (KEYS, WIDTH), "attn_output": (WIDTH, WIDTH)},
    **{"ffn_gate": (FED, WIDTH), "ffn_up": (FED, WIDTH), "ffn_down": (WIDTH, FED)},
}


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "FIRST", 0)
    monkeypatch.setattr(probe, "PROBED", 0)
    monkeypatch.setattr(probe, "LAST", 1)
    monkeypatch.setattr(probe, "RATE", 0.03)
    torch.manual_seed(1)


def layers() -> Layers:
    def layer() -> Layer:
        matrices = {name: (torch.randn(size) / 4).to(NUMBERS) for name, size in SIZES.items()}
        return Layer(SHAPE, matrices, {name: torch.randn(SIZES[name][0]) for name in BIASED}, *torch.ones(2, WIDTH))

    embedding, output = torch.randn(2, WORDS, WIDTH).to(NUMBERS)
    return Layers(embedding, (layer(), layer()), torch.ones(WIDTH), output)


def kept(tokens: int) -> list[KeysValues]:
    return [tuple(torch.randn(1, SHAPE.groups, tokens, SHAPE.size).to(NUMBERS) for _ in "kv") for _ in range(2)]  # type: ignore[misc]


def some(before: int, asked: int, answerable: bool = True, answer: tuple[int, ...] = ()) -> ReadCase:
    """One of the tokens `before` is the standing instructions'."""
    hidden = torch.randn(asked + max(len(answer) - 1, 0), WIDTH) + (0.3 if answerable else -0.3)
    return ReadCase("set", answerable, kept(1), kept(before - 1), hidden.to(NUMBERS), torch.randn(WIDTH), answer)


def adapter(model: Layers) -> ProbeAdapter:
    made = ProbeAdapter(model, torch.randn(WIDTH), torch.tensor(0.5))
    for name, values in made.pairs.items():
        if name.endswith("b"):
            torch.nn.init.normal_(values, std=0.1)
    return made.eval()


def test_what_is_told_does_not_hang_on_what_else_is_in_the_batch() -> None:
    model = layers()
    made, batch = adapter(model), [some(9, 4), some(3, 7, answer=(4, 2, 1)), some(5, 5), some(4, 2, answer=(3,))]
    with torch.no_grad():
        together = made(model, batch)
        alone = [torch.cat(parts) for parts in zip(*(made(model, [each]) for each in batch), strict=True)]
    for values, own in zip(together, alone, strict=True):
        assert values.tolist() == pytest.approx(own.tolist(), rel=0.03, abs=0.1)  # bfloat16
        assert (values.max() - values.min()) > 0.5
    assert len(together[1]) == 4


def test_an_answer_changes_nothing_of_what_is_told_before_it() -> None:
    model = layers()
    made, asked = adapter(model), some(6, 4, answer=(4, 2, 1))
    with torch.no_grad():
        without = replace(asked, hidden=asked.hidden[:-2], answer=())
        assert made(model, [asked])[0].item() == pytest.approx(made(model, [without])[0].item(), rel=0.03, abs=0.1)


def test_a_text_read_in_two_parts_is_read_as_in_one() -> None:
    model = layers()
    hidden, places = model.embed([1, 2, 3, 4, 5, 6]), torch.arange(6)[None]
    first = model.layers[0]
    whole, _ = first(hidden, places, backwards(0, 6))
    _, before = first(hidden[:, :4], places[:, :4], backwards(0, 4))
    rest, _ = first(hidden[:, 4:], places[:, 4:], backwards(4, 2), before)
    assert torch.allclose(whole[:, 4:], rest, atol=0.05)
    assert not torch.allclose(whole[:, :2], rest, atol=0.05)


def test_it_learns_and_only_the_adapter_changes() -> None:
    model = layers()
    before = model.layers[0].matrices["attn_q"].clone()
    made = ProbeAdapter(model, torch.zeros(WIDTH), torch.tensor(0.0))
    read = [some(4, 3, answerable) for answerable in (True, False) * 32]
    probe._train(made, model, read)
    told = probe._told(made, model, read)
    right = sum((log_odds > 0) is each.answerable for log_odds, each in zip(told, read, strict=True))
    assert right >= 52
    assert torch.equal(model.layers[0].matrices["attn_q"], before)
    assert not made.training


def test_it_learns_to_write() -> None:
    model = layers()
    made = ProbeAdapter(model, torch.zeros(WIDTH), torch.tensor(0.0))
    read = [some(4, 3, answer=(7, 5, 7)) for _ in range(64)]
    before = made(model, read)[1].mean().item()
    probe._train(made, model, read)
    assert made(model, read)[1].mean().item() < before - 0.3


def test_batches_have_everything_once() -> None:
    read = [some(before, 2) for before in range(1, 70)]
    batches = probe._batches(read, random.Random(1))
    assert sorted(each.before for batch in batches for each in batch) == list(range(1, 70))
    assert max(map(len, batches)) == probe.BATCH


def test_what_is_written_is_what_was_trained(tmp_path: Path) -> None:
    model, out = layers(), tmp_path / "probes.json"
    made = adapter(model)
    probe._write(made, "some-model", out, {"name": "probes"})
    found = calibrate.probes(out)["some-model"]
    assert (found.adapter, found.layer, found.bias) == (tmp_path / "probe.gguf", 0, 0.5)
    assert found.weights == pytest.approx(made.weights.tolist(), abs=1e-5)
    tensors = {each.name: each.data for each in GGUFReader(tmp_path / "probe.gguf").tensors}
    assert len(tensors) == 2 * 2 * len(MATRICES)
    down = torch.from_numpy(tensors["blk.1.attn_k.weight.lora_a"].copy()).float()
    assert torch.allclose(down, made.pairs["1-attn_k-a"].detach(), atol=1e-2)
    assert json.loads(out.read_text())["regressions"]["some-model"]["adapter"] == "probe.gguf"
    read = [some(3, 4)]
    told = [probe._told(each, model, read) for each in (made, probe._shipped(model, "some-model", out))]
    assert told[0] == pytest.approx(told[1], abs=0.05)
