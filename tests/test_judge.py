"""The judge: calibrated probabilities from an encoder and from words, whoever the encoder is."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import load_file, save_file

from bot.errors import Cancelled, JudgeMissing
from bot.judge import Judge, judge
from bot.judge.coverage import coverage, rarest_missing, rarity
from bot.judge.cross_encoder import NamedEncoder
from bot.judge.encoder import FILE, HEADS, LABELS, Encoder
from bot.judge.judgement import Logits
from bot.judge.reading import ALONE, likeliest, readings
from bot.types import Cancellation
from index.embed import minilm_folder, multiplies_bytes
from tests.conftest import AS_TOLD, CONTRADICTED, NOT_STATED, ScriptedScorer, scripted_judge

CLOSED, OPEN = "The harbour of Brightsea closed in 1974.", "The harbour is open."
PAIRS = [
    (CLOSED, "The harbour closed."),
    (CLOSED, OPEN),
    (OPEN, "Nine whales came to the harbour of Brightsea in the summer of the year before."),
    ("Whales came.", CLOSED),
]
LOGITS = st.builds(Logits, *[st.floats(-50, 50)] * 3)


class Soon(Cancellation):
    """Set when it has been looked at so many times."""

    def __init__(self, after: int) -> None:
        super().__init__()
        self.left = after

    def is_set(self) -> bool:
        self.left -= 1
        return self.left < 0


# What it says


@settings(max_examples=40)
@given(st.text(max_size=60), st.text(max_size=60), st.none() | LOGITS)
def test_what_a_text_does_to_a_claim_are_three_probabilities_that_sum_to_one(
    text: str, claim: str, logits: Logits | None
) -> None:
    told = scripted_judge({("", ""): logits}, {("", ""): logits})
    for each in (told, Judge.load("coverage"), Judge(ScriptedScorer({("", ""): logits}))):
        [found] = each.entails(text, [claim])
        parts = (found.supported, found.contradicted, found.not_stated)
        assert sum(parts) == pytest.approx(1)
        assert all(0 <= part <= 1 for part in (*parts, *each.answers(claim, [text])))


def test_what_the_scorer_says_is_what_the_judge_says_in_the_order_that_it_was_asked() -> None:
    each = scripted_judge({(CLOSED, OPEN): CONTRADICTED, ("Whales", ""): NOT_STATED})
    told = [(round(one.supported), round(one.contradicted), round(one.not_stated)) for one in each.entail_pairs(PAIRS)]
    assert told == [(1, 0, 0), (0, 1, 0), (0, 0, 1), (0, 0, 1)]
    assert [round(one) for one in each.answers("Is the harbour open?", [OPEN, "Whales.", CLOSED])] == [1, 0, 1]


@pytest.mark.parametrize("name", ["scripted", "coverage"])
def test_a_batch_says_what_single_calls_say(name: str) -> None:
    each = scripted_judge() if name == "scripted" else Judge.load(name)
    assert each.entail_pairs(PAIRS) == [each.entails(text, [claim])[0] for text, claim in PAIRS]
    assert each.answer_pairs(PAIRS) == [each.answers(text, [claim])[0] for text, claim in PAIRS]
    assert each.entails(CLOSED, []) == each.answers("Who?", []) == []


def test_work_that_is_cancelled_ends_between_two_pairs() -> None:
    scorer = ScriptedScorer()
    with pytest.raises(Cancelled):
        Judge(scorer, AS_TOLD).entail_pairs(PAIRS, Soon(2))
    assert scorer.asked == PAIRS[:2]
    with pytest.raises(Cancelled):
        Judge(scorer, AS_TOLD).answers("Who?", [OPEN], Soon(0))


# Without an encoder, and where it cannot read


def test_without_a_scorer_the_words_alone_judge_and_more_of_them_judge_higher() -> None:
    assert Judge.load("coverage").name == "coverage"
    baseline, whole = Judge(None, AS_TOLD), "The harbour of Brightsea closed in 1974."
    told = [baseline.entails(text, [whole])[0].supported for text in ("Whales came.", "The harbour closed.", CLOSED)]
    assert told == sorted(set(told))
    assert baseline.answers("When did the harbour close?", [CLOSED])[0] > baseline.answers("Who sang?", [CLOSED])[0]


def test_what_the_scorer_cannot_read_falls_to_the_coverage_of_words_and_only_that() -> None:
    baseline, mixed = Judge(None, AS_TOLD), scripted_judge({("港口", ""): None}, {("", "港口"): None})
    told = mixed.entail_pairs([("港口关闭了。", "港口关闭了。"), (CLOSED, "Whales came.")])
    assert told[0] == baseline.entails("港口关闭了。", ["港口关闭了。"])[0]
    assert told[1] == scripted_judge().entails(CLOSED, ["Whales came."])[0]
    assert mixed.answers("谁？", ["港口"]) == baseline.answers("谁？", ["港口"])


def test_what_the_coverage_of_words_says_counts_by_the_thresholds_of_the_model_that_it_stands_in_for() -> None:
    own, baseline = dict.fromkeys(judge.FEATURES, 0.0), dict.fromkeys(judge.FEATURES, 0.0)
    heads = judge.Thresholds.__slots__
    written = {
        "named": {head: {"bias": 0.0, "threshold": 0.8, **own} for head in heads},
        "coverage": {head: {"bias": 0.0, "threshold": 0.5, **baseline} for head in heads},
    }
    told = Judge(ScriptedScorer({("", ""): None}), written)
    assert told.entails("A text.", ["A claim."])[0].supported == pytest.approx(told.thresholds.supported)
    assert Judge(None, written).entails("A text.", ["A claim."])[0].supported == pytest.approx(0.5)


def test_coverage_is_the_share_of_a_claims_words_weighted_by_how_rare_they_are() -> None:
    assert coverage("The harbour closed.", CLOSED) == 1 == coverage("What is it?", "")
    common, rare = (
        coverage(claim, CLOSED) for claim in ("The harbour of people closed.", "The harbour of Zwyck closed.")
    )
    assert 0 < rare < common < 1
    assert (rarest_missing("The harbour closed.", CLOSED), rarest_missing("Zwyck closed.", CLOSED)) == (
        0,
        rarity("zwyck"),
    )
    assert coverage("The WHO met.", "The World Health Organization met.") == 1


def test_a_scorer_has_the_calibration_of_its_name_else_that_of_named_ones() -> None:
    own = {head: {**each, "threshold": 0.9} for head, each in AS_TOLD["named"].items()}
    assert Judge(ScriptedScorer(), AS_TOLD | {"scripted": own}).thresholds.supported == 0.9
    assert Judge(ScriptedScorer(), AS_TOLD | {"another": own}).thresholds.supported == 0.5


@pytest.mark.parametrize("name", ["coverage", "named", Encoder.name])
def test_the_shipped_calibration_has_all_that_each_judge_needs(name: str) -> None:
    written = judge._shipped()[name]
    for head in judge.Thresholds.__slots__:
        assert 0 < written[head]["threshold"] < 1  # type: ignore[index]
        assert {"bias", *judge.FEATURES} <= set(written[head])  # type: ignore[index]


# Another cross-encoder by name


def tiny(folder: Path, labels: Sequence[str]) -> Path:
    """A BERT of two small layers with weights by chance, the labels of inference and MiniLM's vocabulary."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast

    torch.manual_seed(3)
    words = PreTrainedTokenizerFast(
        tokenizer_file=str(minilm_folder() / "tokenizer.json"),
        **{"pad_token": "[PAD]", "unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]"},
    )
    words.save_pretrained(folder)
    size = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 16}
    config = BertConfig(vocab_size=len(words), **size, initializer_range=0.5, id2label=dict(enumerate(labels)))  # type: ignore[arg-type]
    BertForSequenceClassification(config).save_pretrained(folder)
    return folder


def raw_logits(logits: object) -> object:
    return logits


@pytest.mark.slow
@pytest.mark.parametrize(
    ("labels", "supports", "contradicts"),
    [
        (("contradiction", "entailment", "neutral"), 1, 0),
        (("ENTAILMENT", "not_entailment"), 0, None),
        (("support",), None, None),
    ],
)
def test_a_cross_encoder_of_a_folder_judges_by_its_own_labels(
    tmp_path: Path, labels: Sequence[str], supports: int | None, contradicts: int | None
) -> None:
    from sentence_transformers import CrossEncoder

    folder = str(tiny(tmp_path / "tiny", labels))
    each = Judge(NamedEncoder(folder), AS_TOLD)
    told = each.entail_pairs(PAIRS)
    logits = CrossEncoder(folder, device="cpu").predict(PAIRS, activation_fn=raw_logits)
    for one, raw in zip(told, logits, strict=True):
        shares = np.exp(raw) / np.exp(raw).sum()
        assert one.supported == pytest.approx(
            1 / (1 + np.exp(-raw)) if supports is None else shares[supports], abs=1e-3
        )
        if contradicts is not None:
            assert one.contradicted == pytest.approx(shares[contradicts], abs=1e-3)
    assert len({round(one.supported, 4) for one in told}) == len(PAIRS)
    turned = each.entails(CLOSED, ["Is the harbour open?"])[0].supported
    assert each.answers("Is the harbour open?", [CLOSED]) == pytest.approx([turned], abs=1e-6)
    with pytest.raises(Cancelled):
        each.entail_pairs(PAIRS * 10, Soon(1))
    loaded = Judge.load(folder)
    assert loaded.name == folder
    assert len(loaded.entail_pairs(PAIRS)) == len(PAIRS)


@pytest.mark.slow
def test_a_judge_that_cannot_be_used_is_told_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for name, reason in (
        (tiny(tmp_path / "mood", ("glad", "sad")), r"none of its labels \(glad, sad\) is called entailment"),
        (tmp_path / "empty", "cannot be used"),
    ):
        with pytest.raises(JudgeMissing, match=reason) as raised:
            Judge.load(str(name)).entails(CLOSED, [OPEN])
        assert str(name) in str(raised.value)
        assert str(raised.value).endswith("Name another cross-encoder, or none.")


# The encoder that ships with Byline


def quantized(path: Path) -> Path:
    """MiniLM with heads by chance, as the shipped encoder is stored."""
    chance = np.random.default_rng(1)
    weights = load_file(minilm_folder() / "model.safetensors")
    weights |= {f"{HEADS}.weight": chance.normal(0, 0.05, (LABELS, 768)), f"{HEADS}.bias": chance.normal(0, 1, LABELS)}
    stored = {}
    for name, each in weights.items():
        stored[name] = each.astype(np.float32)
        if each.ndim == 2 and len(each) > LABELS:
            scale = np.abs(each).max(axis=1) / 127
            stored |= {name: np.round(each / scale[:, None]).astype(np.int8), f"{name}.scale": scale}
    save_file(stored, path)
    return path


def in_torch(path: Path) -> list[Logits]:
    """The pairs by the weights of a file, with transformers."""
    import torch
    from transformers import AutoConfig, AutoTokenizer, BertModel

    stored = {name: torch.from_numpy(each.copy()).float() for name, each in load_file(path).items()}
    weights = {
        name: each * stored[f"{name}.scale"][:, None] if f"{name}.scale" in stored else each
        for name, each in stored.items()
    }
    bert = BertModel(AutoConfig.from_pretrained(minilm_folder()), add_pooling_layer=False).eval()
    bert.load_state_dict({name: each for name, each in weights.items() if name in bert.state_dict()})
    words, found = AutoTokenizer.from_pretrained(minilm_folder()), []
    for text, claim in PAIRS:
        with torch.no_grad():
            [states] = bert(**words(text, claim, return_tensors="pt")).last_hidden_state
        read = torch.cat((states[0], states.mean(0)))
        *three, answers = (weights[f"{HEADS}.weight"] @ read + weights[f"{HEADS}.bias"]).tolist()
        against = float(np.logaddexp(*three[1:]))
        found.append(Logits(three[0] - against, three[1] - three[2], answers))
    return found


# In int8 the states are rounded, too, and log-odds are as large as 8.
ABSOLUTE, RELATIVE = (0.2, 0.1) if multiplies_bytes() else (0.01, None)


@pytest.mark.parametrize("shipped", [False, True])
def test_the_encoder_computes_what_torch_computes_of_the_same_weights(tmp_path: Path, *, shipped: bool) -> None:
    if shipped and not FILE.exists():
        pytest.skip("the shipped encoder is not here: make fit-judge")
    path = FILE if shipped else quantized(tmp_path / "encoder.safetensors")
    encoder, wanted = Encoder(path), in_torch(path)
    for one, two, three in zip(encoder.entailment(PAIRS), encoder.answers(PAIRS), wanted, strict=True):
        assert one is not None
        assert two is not None
        assert one.supported == pytest.approx(three.supported, abs=ABSOLUTE, rel=RELATIVE)
        assert one.contradicted == pytest.approx(three.contradicted, abs=ABSOLUTE, rel=RELATIVE)
        assert two.answers == pytest.approx(three.answers, abs=ABSOLUTE, rel=RELATIVE)


def test_the_shipped_encoder_is_small() -> None:
    if not FILE.exists():
        pytest.skip("the shipped encoder is not here: make fit-judge")
    assert FILE.stat().st_size <= 60_000_000


def test_an_encoder_reads_what_it_can_and_says_of_what_it_cannot(tmp_path: Path) -> None:
    encoder = Encoder(quantized(tmp_path / "encoder.safetensors"))
    unread = ("鹦鹉螺号潜艇驶入了贝加尔湖。", "鹦鹉螺号驶入湖泊。")
    told = encoder.entailment([*PAIRS, unread, ("word " * 5000, "A claim."), ("", "")])
    assert [each is None for each in told] == [False] * len(PAIRS) + [True, False, False]
    assert told[:4] == [encoder.entailment([pair])[0] for pair in PAIRS]
    each = Judge(encoder, AS_TOLD)
    assert each.entail_pairs([unread]) == Judge(None, AS_TOLD).entail_pairs([unread])
    with pytest.raises(Cancelled):
        encoder.answers(PAIRS, Soon(2))
    assert list(ThreadPoolExecutor(4).map(encoder.entailment, [PAIRS] * 8)) == [told[:4]] * 8


# Long texts


@pytest.mark.parametrize(
    "text", ["Вторая школа закрыта.", "Το λιμάνι έκλεισε.", "Իտալիան հաղթեց։", "항구가 문을 닫았다."]
)
def test_a_script_that_the_encoder_would_only_spell_is_not_read(text: str) -> None:
    assert Encoder().entailment([(text, text)]) == [None]
    assert Encoder().entailment([("Der Hafen wurde 1974 für immer geschlossen.", "Où est l’école de Saint-Étienne ?")])[
        0
    ]


def test_the_end_of_a_long_claim_is_read() -> None:
    long = "The boats of the harbour lay still for a week, " * 8
    plain, other = (Encoder().entailment([(f"{long}.", f"{long}{end}")])[0] for end in (".", "and the mayor resigned."))
    assert plain != other


def test_a_short_text_is_read_whole_and_a_long_one_by_the_sentences_that_share_most_with_the_claim() -> None:
    claim = "The ferry sank in May."
    filler = [f"On day {day} the council of the town met for an hour and said nothing new at all." for day in range(12)]
    text = " ".join([*filler[:6], "In May the old ferry sank.", *filler[6:], "The ferry had been built in 1911."])
    assert readings("The ferry sank.", claim) == ("The ferry sank.",)
    read = readings(text, claim)
    assert read[:2] == ("In May the old ferry sank.", "The ferry had been built in 1911.")
    assert read[-1] == "In May the old ferry sank. The ferry had been built in 1911."
    assert len(read) == ALONE + 1


def test_a_long_text_supports_what_one_of_its_sentences_does() -> None:
    filler = " ".join(f"On day {day} the council of the town met and nothing new was said there." for day in range(12))
    claim = "The council voted to close the harbour."
    said = "The council of Brightsea voted on Monday to close the harbour after years of silting."
    judge = Judge.load()
    assert judge.entails(f"{filler} {said}", [claim])[0].supported > judge.thresholds.supported
    assert judge.entails(filler, [claim])[0].supported < judge.thresholds.supported


def test_the_likeliest_reading_counts_and_what_cannot_be_read_does_not() -> None:
    assert likeliest([Logits(1.0, -2.0, 0.5), None, Logits(-3.0, 4.0, 0.0)]) == Logits(1.0, 4.0, 0.5)
    assert likeliest([None, None]) is None
