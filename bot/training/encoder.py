"""Trains the judge's encoder, a part of `byline fit judge`.

A cross-encoder reads both texts at once: all-MiniLM-L6-v2 with two heads, entailment (three labels) and answers (one).
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from torch import Tensor
from torch.nn import functional

from bot.judge.encoder import FILE, HEADS
from bot.training.judge_data import SEED, JudgedPair
from index.embed import minilm_folder

WORK = Path("data/fit-judge")
LONGEST = 192  # pieces of both texts; a longer first or second text is cut at its end
TOKENS = 3000  # pieces of a batch, padding included
RATE, WARM = 1.5e-4, 0.06
DECAY = 0.01
SAVED = 100  # batches between two checkpoints
LABELS = ("supported", "contradicted", "not_supported")


class TrainedEncoder(torch.nn.Module):
    """The transformer and its heads, over the first piece and the mean of all."""

    def __init__(self) -> None:
        super().__init__()
        from transformers import BertModel

        # Attention without dropout, as plain products: a quarter faster on processors.
        self.bert = BertModel.from_pretrained(
            str(minilm_folder()),
            attn_implementation="eager",
            attention_probs_dropout_prob=0.0,
            add_pooling_layer=False,
        )
        width = self.bert.config.hidden_size
        self.entailment = torch.nn.Linear(2 * width, len(LABELS))
        self.answers = torch.nn.Linear(2 * width, 1)
        self.bert.embeddings.word_embeddings.weight.requires_grad = False  # seen too seldom to be moved

    def forward(self, pieces: Tensor, kinds: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """(b, 3) and (b,), from (b, n) each."""
        states = self.bert(input_ids=pieces, token_type_ids=kinds, attention_mask=mask).last_hidden_state
        mean = (states * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
        read = torch.cat((states[:, 0], mean), 1)
        return self.entailment(read), self.answers(read)[:, 0]


def shipped() -> TrainedEncoder:
    """With the weights of `bot/judge/encoder.safetensors`."""
    from safetensors.torch import load_file

    stored = load_file(FILE)
    whole = {name: stored[name] for name in stored if not name.endswith(".scale")}
    scaled = {
        name: each * stored[f"{name}.scale"][:, None] if f"{name}.scale" in stored else each
        for name, each in whole.items()
    }
    heads, encoder = {part: scaled.pop(f"{HEADS}.{part}") for part in ("weight", "bias")}, TrainedEncoder()
    encoder.bert.load_state_dict(scaled, strict=False)
    for part, both in heads.items():
        rows = both.split([len(LABELS), 1])
        for head, own in zip((encoder.entailment, encoder.answers), rows, strict=True):
            getattr(head, part).data.copy_(own)
    return encoder


def loss_of(pairs: Sequence[JudgedPair], entailment: Tensor, answers: Tensor) -> Tensor:
    """The mean over the pairs. What is labelled `not` is only known not to be supported."""
    logs = functional.log_softmax(entailment, 1)
    losses = []
    for place, pair in enumerate(pairs):
        if pair.task == "answers":
            wanted = answers.new_tensor(float(pair.label == "yes"))
            losses.append(functional.binary_cross_entropy_with_logits(answers[place], wanted))
        elif pair.label == "not":
            losses.append(-torch.logsumexp(logs[place, 1:], 0))
        else:
            losses.append(-logs[place, LABELS.index(pair.label)])
    return torch.stack(losses).mean()


class Reader:
    """Pairs to pieces: `[CLS] first [SEP] second [SEP]`."""

    def __init__(self) -> None:
        from tokenizers import Tokenizer

        self._tokenizer = Tokenizer.from_file(str(minilm_folder() / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(LONGEST, strategy="longest_first")

    def read(self, pairs: Sequence[JudgedPair]) -> list[tuple[list[int], list[int]]]:
        found = self._tokenizer.encode_batch([(each.first, each.second) for each in pairs])
        return [(each.ids, each.type_ids) for each in found]


def stacked(read: Sequence[tuple[list[int], list[int]]]) -> tuple[Tensor, Tensor, Tensor]:
    longest = max(len(pieces) for pieces, _ in read)
    pieces, kinds, mask = (torch.zeros(len(read), longest, dtype=torch.long) for _ in range(3))
    for row, (ids, sides) in enumerate(read):
        pieces[row, : len(ids)] = torch.tensor(ids)
        kinds[row, : len(ids)] = torch.tensor(sides)
        mask[row, : len(ids)] = 1
    return pieces, kinds, mask


def batches(lengths: Sequence[int], seed: int) -> list[list[int]]:
    """Places of pairs of about one length, at most `TOKENS` pieces each, in a random order."""
    chooses = random.Random(seed)
    order = sorted(range(len(lengths)), key=lambda place: lengths[place] + chooses.random() * 4)
    found: list[list[int]] = [[]]
    for place in order:
        if (len(found[-1]) + 1) * lengths[place] > TOKENS and found[-1]:
            found.append([])
        found[-1].append(place)
    chooses.shuffle(found)
    return found


def rate(step: int, steps: int) -> float:
    """The share of the rate: up over the first part, then down to nothing."""
    warm = max(1, int(WARM * steps))
    return min(step / warm, max(0.0, (steps - step) / (steps - warm)))


def learn(
    pairs: Sequence[JudgedPair],
    work: Path,
    epochs: int,
    most: int | None = None,
    *,
    begin: TrainedEncoder | None = None,
    highest: float = RATE,
    bf16: bool = False,
) -> TrainedEncoder:
    """On all pairs `epochs` times, or on at most so many batches of them; from the weights of `begin`."""
    torch.manual_seed(SEED)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    read = Reader().read(pairs)
    order = [batch for epoch in range(epochs) for batch in batches([len(ids) for ids, _ in read], SEED + epoch)][:most]
    encoder = (begin or TrainedEncoder()).to(device).train()
    optimizer = torch.optim.AdamW(
        [each for each in encoder.parameters() if each.requires_grad], highest, weight_decay=DECAY
    )
    scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: rate(step + 1, len(order)))
    begun = _resume(work, encoder, optimizer, scheduler)
    for step, batch in _shown(order, begun):
        chosen = [pairs[place] for place in batch]
        with torch.autocast(device, torch.bfloat16, enabled=bf16):
            told = encoder(*(each.to(device) for each in stacked([read[place] for place in batch])))
        loss = loss_of(chosen, *(each.float() for each in told))
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(encoder.parameters(), 1.0)
        optimizer.step()
        scheduler.step()
        if (step + 1) % SAVED == 0 or step + 1 == len(order):
            _save(work, step + 1, encoder, optimizer, scheduler)
    return encoder.cpu().eval()


def _shown(order: Sequence[list[int]], begun: int) -> Iterator[tuple[int, list[int]]]:
    columns = (TextColumn("training"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns) as progress:
        task = progress.add_task("", total=len(order), completed=begun)
        for step in range(begun, len(order)):
            yield step, order[step]
            progress.advance(task)


def _save(work: Path, step: int, *parts: Any) -> None:
    """Whole or not at all."""
    work.mkdir(parents=True, exist_ok=True)
    half = work / "state.part"
    torch.save({"step": step, "parts": [each.state_dict() for each in parts]}, half)
    half.replace(work / "state.pt")


def _resume(work: Path, *parts: Any) -> int:
    """The batches that were done before; 0 where there are none."""
    path = work / "state.pt"
    if not path.exists():
        return 0
    state = torch.load(path, weights_only=True)
    for part, saved in zip(parts, state["parts"], strict=True):
        part.load_state_dict(saved)
    return int(state["step"])
