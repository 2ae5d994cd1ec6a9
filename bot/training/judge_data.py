"""The labelled pairs that the judge learns from, and those that it is checked on.

Whole sources are left out of training (`HELD`), so that the report says how the judge does on text and labels of
people whom it has not met. Of the measuring sets only the part of the fitting half that `bot.training.asked` calls
`train` is learnt from; ClapNQ and WiCE not at all.
"""

from __future__ import annotations

import json
import lzma
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from bot.judge.coverage import coverage
from bot.training.asked import PASSAGES, SETS, GoldQuestion, Half, half_of
from bot.training.contrast import commonest_name, contrasts, questions, split
from bot.training.sets import DATA, rows

SEED = 20261130
OWN = DATA
Task = Literal["entailment", "answers"]
# The most pairs that are taken of a source of `train/` an epoch: templates teach one thing each, captions are far from
# articles, what word overlap decides (conjnli_auto, feverous) teaches to count words, and with passages alone the judge
# mistrusts true sentences of other writers.
MOST = {
    "mnli_dev": 5000,
    "snli_dev": 1500,
    "conjnli_auto": 1200,
    "feverous_dev": 1500,
    "fever_docnli": 4000,
    "negation_nli_snli": 900,
    "breaking_nli": 900,
    "med": 900,
    "timex_nli": 500,
    "megaveridicality": 700,
    "indonli": 700,
    "pubmedqa": 300,
    "selqa": 3000,
    "qamr": 2000,
    "piaf": 700,
    "faquad": 400,
    "passages": 60000,
}
LANGUAGES = ("en", "fr", "pt", "id")  # of training; the base model's vocabulary is English
# Sources that no weight has seen: their figures are those of the report.
HELD = {
    "entailment": ("wice", "scifact", "scitail_dev", "qa_feedback", "negation_nli_rte", "passages held"),
    "answers": ("qed_nq", "squad2", "nomiracl", "clapnq", "passages held"),
}
TWO_LABELS = (
    *("factcg_cg2c_doc", "fever_docnli", "feverous_dev", "scitail_dev", "negation_nli_rte", "med", "megaveridicality"),
    *("qa_feedback", "janli"),
)  # sources whose `not_supported` may be refuted, too
NEAR_MISSES = ("squad2", "everyday", "curious")  # sets whose unanswerable questions come near to an answer
TIMES = {"byline": 3}  # how often a source is read an epoch: few rows, and all of them labelled by hand
SHORTENED = "shortened"  # the kind of claims that are cut or reordered sentences of their passage
ELSEWHERE, AMONG = 0.3, 20  # the share of questions with a text of another passage, the nearest of so many sentences
FAR = 0.1  # the share of claims that are also read beside any sentence of another passage
CONTRASTS = 500  # of a kind, at most
ASKED = 2500  # questions with another name, figure or opposite in them, at most
LONGEST = 110  # words of a premise; of a longer one the sentences that share most with the claim are read


@dataclass(frozen=True, slots=True)
class JudgedPair:
    """Two texts and what is known of them. `label`: supported, contradicted, not_supported, or `not` (one of the last
    two); for `answers` it is `yes` or `no`."""

    task: Task
    source: str
    first: str  # the premise, or the question
    second: str  # the claim, or the text that may answer
    label: str
    language: str = "en"
    kind: str = ""


def training(data: Path) -> list[JudgedPair]:
    """All that the judge learns from, shuffled; long premises are shortened."""
    pairs = [
        replace(each, first=shortened(each.first, each.second)) if each.task == "entailment" else each
        for each in everything(data)
        if each.source not in HELD[each.task]
        for _ in range(TIMES.get(each.source, 1))
    ]
    random.Random(SEED).shuffle(pairs)
    return pairs


def calibrating(data: Path) -> list[JudgedPair]:
    """The rest that training leaves of sources of which it takes no more, contrasts of another seed, and the part of
    the fitting half that is called `fit`: the probabilities are fitted on them."""
    known = {(each.first, each.second) for each in everything(data)}
    rest = (*_entailment(data / "train"), *_answers(data / "train"), *_contrasts(data, SEED + 1))
    left = [each for each in rest if each.source not in HELD[each.task] and (each.first, each.second) not in known]
    for name in NEAR_MISSES:
        left += _asked(data, name, ("fit",), f"{name} fit")
    left += _passages("fit", "passages")
    random.Random(SEED).shuffle(left)
    return _capped(left, 500)


def everything(data: Path) -> Iterator[JudgedPair]:
    """All that may be learnt from."""
    yield from _capped(_entailment(data / "train"))
    yield from _capped(_answers(data / "train"))
    yield from _own()
    yield from _capped(_passages("train", "passages"))
    yield from _contrasts(data, SEED)
    yield from _other_questions(data)
    for name in ("squad2", "nomiracl", "everyday", "curious"):
        yield from _asked(data, name, ("train",), f"{name} fit")


def held(data: Path) -> Iterator[JudgedPair]:
    """The pairs of the sources that are left out."""
    for each in (*_entailment(data / "train"), *_answers(data / "train")):
        if each.source in HELD[each.task]:
            yield each
    yield from wice(data)
    yield from scifact(data)
    yield from _passages("other", "passages held")
    for name in ("squad2", "nomiracl", "clapnq"):
        yield from _asked(data, name, ("other",) if name != "clapnq" else ("train", "fit", "other"), name)


def abroad(data: Path) -> Iterator[JudgedPair]:
    """Pairs in other languages than English that the encoder has not learnt from: those of a language of training are
    of the same sources."""
    known = {(each.first, each.second) for each in everything(data)}
    for each in (*_entailment(data / "train", None), *_answers(data / "train", None)):
        if each.language != "en" and (each.first, each.second) not in known:
            yield each


def wice(data: Path) -> Iterator[JudgedPair]:
    """Claims beside the sentences of a page, supported or not wholly."""
    for row in rows(data / "wice" / "claims.jsonl"):
        label = "supported" if row["label"] == "supported" else "not"
        yield JudgedPair("entailment", "wice", "\n".join(row["evidence"]), row["claim"], label, kind=row["label"])


def scifact(data: Path) -> Iterator[JudgedPair]:
    """Claims beside an abstract."""
    texts = {row["_id"]: f"{row['title']}.\n{row['text']}" for row in rows(data / "scifact" / "corpus.jsonl")}
    labels = {"SUPPORT": "supported", "CONTRADICT": "contradicted"}
    seen = set()
    for row in rows(data / "scifact" / "claims_dev_verification.jsonl"):
        about = row["doc_id"] or row["cited"][0]
        if (row["id"], about) not in seen:
            seen.add((row["id"], about))
            label = labels.get(row["label"], "not_supported")
            yield JudgedPair("entailment", "scifact", texts[about], row["claim"], label, kind=row["label"])


def _entailment(folder: Path, languages: Sequence[str] | None = LANGUAGES) -> Iterator[JudgedPair]:
    for row in _xz(folder / "entailment.jsonl.xz"):
        name = row["source"]
        read = languages is None or row["language"] in languages
        if read and name != "scifact_train":  # whose abstracts are also measured on
            label = "not" if row["label"] == "not_supported" and name in TWO_LABELS else row["label"]
            yield JudgedPair("entailment", name, row["premise"], row["claim"], label, row["language"])


def shortened(premise: str, claim: str, longest: int = LONGEST) -> str:
    """The sentences that share most with the claim, in their order, up to `longest` words."""
    if len(premise.split()) <= longest:
        return premise
    parts, chosen, left = split(premise), list[int](), longest
    for place in sorted(range(len(parts)), key=lambda place: -coverage(claim, parts[place])):
        left -= len(parts[place].split())
        if left < 0 and chosen:
            break
        chosen.append(place)
    return " ".join(parts[place] for place in sorted(chosen))


def _answers(folder: Path, languages: Sequence[str] | None = LANGUAGES) -> Iterator[JudgedPair]:
    for row in _xz(folder / "answers.jsonl.xz"):
        name, _, kind = row["source"].partition(":")
        if languages is None or row["language"] in languages:
            label = "yes" if row["answers"] else "no"
            yield JudgedPair("answers", name, row["question"], row["text"], label, row["language"], kind)


def _own() -> Iterator[JudgedPair]:
    """The rows of this repository: what was once wrong, and what rules were once tested on."""
    for row in rows(OWN / "entailment.jsonl"):
        if row["language"] == "en" and not row.get("held"):
            yield JudgedPair("entailment", "byline", row["premise"], row["claim"], row["label"], kind=row["kind"])
    for row in rows(OWN / "answers.jsonl"):
        if row["language"] == "en":
            label = "yes" if row["answers"] else "no"
            yield JudgedPair("answers", "byline", row["question"], row["text"], label, kind=row["kind"])


def _passages(part: Half, source: str) -> Iterator[JudgedPair]:
    """Claims and questions beside sentences of passages that were written for them (`tests/data/README.md`)."""
    chooses, of_part = random.Random(SEED), [each for each in rows(PASSAGES) if each["part"] == part]
    everywhere = [sentence for row in of_part for sentence in row["sentences"]]
    for row in of_part:
        parts, title = row["sentences"], f"{row['title']}."
        for claim in row["claims"]:
            for premise, label in _premises(claim, parts, title, chooses):
                yield JudgedPair("entailment", source, premise, claim["text"], label, kind=claim["kind"])
            if chooses.random() < FAR:
                far = chooses.choice(everywhere)
                yield JudgedPair("entailment", source, far, claim["text"], "not_supported", kind="elsewhere")
        for question in row["questions"]:
            for text, label in _replies(question, parts, title, chooses):
                yield JudgedPair(
                    "answers", source, question["text"], text, label, kind="near" if label == "no" else "told"
                )
            if chooses.random() < ELSEWHERE:
                some = [each for each in chooses.sample(everywhere, AMONG) if each not in parts]
                text = max(some, key=lambda each: _shared(question["text"], each))
                yield JudgedPair("answers", source, question["text"], text, "no", kind="elsewhere")


def _premises(
    claim: dict[str, Any], parts: Sequence[str], title: str, chooses: random.Random
) -> Iterator[tuple[str, str]]:
    """The sentences that decide the claim; they amid others, at times after the title; the rest without them; and what
    would make a wrong claim right."""
    by, turned = sorted(claim["by"]), claim.get("turned")
    before, after = chooses.randint(0, 2), chooses.randint(0, 2)

    def amid(said: Sequence[str]) -> str:
        near = [*parts[max(0, by[0] - before) : by[0]], *said, *parts[by[-1] + 1 : by[-1] + 1 + after]]
        return " ".join([title, *near] if chooses.random() < 0.4 else near)

    own = [parts[place] for place in by]
    yield " ".join(own), claim["label"]
    yield amid(parts[by[0] : by[-1] + 1]), claim["label"]
    if claim["kind"] == SHORTENED:  # there are many, right and wrong ones of each sentence
        return
    rest = [each for place, each in enumerate(parts) if place not in by]
    if claim["label"] == "supported" and rest:
        yield max(rest, key=lambda each: coverage(claim["text"], each)), "not_supported"
    if rest:  # any other sentence: to share few words is no sign of other words for the same
        yield chooses.choice(rest), "not_supported"
    if turned:
        yield turned, "supported"
        yield amid([turned]), "supported"


def _replies(
    question: dict[str, Any], parts: Sequence[str], title: str, chooses: random.Random
) -> Iterator[tuple[str, str]]:
    """The sentences that answer, alone or after the title, and amid others, or those that come near; the nearest of the
    others; and what would answer a question that has no answer."""
    by, turned = sorted(question["by"] or [question["near"]]), question.get("turned")
    label = "yes" if question["by"] else "no"

    def after_title(text: str) -> str:
        return f"{title} {text}" if chooses.random() < 0.4 else text

    alone = " ".join(parts[place] for place in by)
    yield after_title(alone), label
    yield " ".join(parts[max(0, by[0] - 1) : by[-1] + 2]), label
    rest = [each for place, each in enumerate(parts) if place not in by]
    if rest:
        yield after_title(max(rest, key=lambda each: _shared(question["text"], each))), "no"
    if label == "yes":
        yield f"{title} {alone}", "yes"
    elif turned:
        yield after_title(turned), "yes"
        yield " ".join([*parts[max(0, by[0] - 1) : by[0]], turned, *parts[by[-1] + 1 : by[-1] + 2]]), "yes"


def _contrasts(data: Path, seed: int) -> Iterator[JudgedPair]:
    """Contrast pairs of paragraphs of the fitting half of squad2, of news, and of answers to other questions."""
    corpus = [row for row in rows(data / "squad2" / "corpus.jsonl") if half_of(row["_id"]) != "other"]
    squad2 = {row["text"]: row["title"] for row in corpus}
    told = [each.first for each in _entailment(data / "train") if each.source in ("factcg_cg2c_doc", "fever_docnli")]
    told += [each.second for each in _answers(data / "train") if each.language == "en" and each.source != "qed_nq"]
    texts = {text: commonest_name(text) for text in told} | squad2
    for each in contrasts(texts, CONTRASTS, seed):
        yield JudgedPair("entailment", "contrast", each.premise, each.claim, each.label, kind=each.kind)


def _other_questions(data: Path) -> Iterator[JudgedPair]:
    """Questions that a text answers, changed in one place, so that it does not."""
    asked = [each for each in _answers(data / "train") if each.language == "en" and each.label == "yes"]
    asked += _asked(data, "squad2", ("train",), "squad2 fit")
    pairs = [(each.first, each.second) for each in asked if each.label == "yes" and each.source not in HELD["answers"]]
    for each in questions(pairs, ASKED, SEED):
        yield JudgedPair("answers", "contrast", each.claim, each.premise, "no", kind=each.kind)


def _asked(data: Path, name: str, halves: tuple[Half, ...], source: str) -> Iterator[JudgedPair]:
    """Questions beside the sentence that answers them, beside others of its text that do not, and whole texts."""
    chooses = random.Random(SEED)
    for shelf in SETS[name](data / name):
        texts = {each.id: each.text for each in shelf.articles}
        for asked in shelf.questions:
            if any(map(asked.within, halves)):
                yield from _pairs(asked, texts, source, chooses)


def _pairs(asked: GoldQuestion, texts: dict[str, str], source: str, chooses: random.Random) -> Iterator[JudgedPair]:
    def pair(text: str, label: str, kind: str) -> JudgedPair:
        return JudgedPair("answers", source, asked.text, text, label, kind=kind)

    if asked.gold and asked.spans:
        parts = split(texts[asked.gold])
        right = [place for place, each in enumerate(parts) if any(span in each for span in asked.spans)]
        if right:
            place = right[0]
            yield pair(parts[place], "yes", "sentence")
            yield pair(" ".join(parts[max(0, place - 1) : place + 2]), "yes", "passage")
            wrong = [each for each in parts if not any(span in each for span in asked.spans)]
            for each in chooses.sample(wrong, min(len(wrong), 1)):
                yield pair(each, "no", "sentence")
            beside = [each for each in parts[max(0, place - 1) : place + 2] if each in wrong]
            if beside and chooses.random() < 0.5:
                yield pair(" ".join(beside), "no", "removed")
    elif asked.gold:  # long answers: the whole text
        yield pair(texts[asked.gold], "yes", "passage")
    elif not asked.answerable:
        about = asked.half_by if asked.half_by in texts else None
        near = [texts[about]] if about else chooses.sample(sorted(texts.values()), min(len(texts), 2))
        for text in near:
            parts = split(text)
            best = sorted(parts, key=lambda each: -_shared(asked.text, each))
            yield pair(best[0], "no", "sentence") if best else pair(text, "no", "passage")
            if about:
                place = parts.index(best[0])
                yield pair(" ".join(parts[max(0, place - 1) : place + 2]), "no", "passage")


def _shared(question: str, text: str) -> int:
    return len(set(question.lower().split()) & set(text.lower().split()))


def _capped(pairs: Iterable[JudgedPair], largest: int | None = None) -> list[JudgedPair]:
    by_source: dict[str, list[JudgedPair]] = defaultdict(list)
    for each in pairs:
        by_source[each.source].append(each)
    found = list[JudgedPair]()
    for name, some in by_source.items():
        most = min(largest or MOST.get(name, len(some)), len(some))
        found += random.Random(SEED).sample(some, most)
    return found


def _xz(path: Path) -> Iterator[dict[str, Any]]:
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)
