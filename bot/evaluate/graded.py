"""The types of assertion that a language model judges. Their meaning is promptfoo's; the prompts are Byline's own.

A judge without a verdict is an error (JudgeBroken), and never counts as a pass or a failure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from math import isfinite
from statistics import fmean
from typing import Annotated, Any

from pydantic import BeforeValidator

from bot.evaluate.errors import JudgeBroken, Unmeasured
from bot.evaluate.json_text import objects
from bot.evaluate.likeness import cosine
from bot.evaluate.rule import Rule, RuleFinding, Share, Text, Texts, reached
from bot.evaluate.template import said
from bot.evaluate.types import Assertion, JudgedReply

# The prompts in prompts/judge, and the names of their variables
PROMPTS = {
    "rubric": ("output", "rubric"),
    "factuality": ("question", "expected", "output"),
    "closedqa": ("question", "criterion", "output"),
    "question": ("output",),
    "recall": ("context", "expected"),
    "relevance": ("context", "question"),
    "statements": ("question", "output"),
    "verdicts": ("context", "statements"),
    "steps": ("criterion",),
    "score": ("criterion", "steps", "question", "output"),
    "best": ("criterion", "outputs"),
}
QUESTIONS = 3  # generated from an answer, as in promptfoo
MOST = 10  # the highest mark of g-eval
_FINAL = "final verdict for each statement in order:"
_EPSILON = 2**-52


def llm_rubric(reply: JudgedReply, assertion: Assertion) -> RuleFinding:
    output = reply.ask("rubric", {"output": reply.answer.text, "rubric": str(assertion.expected)})
    given = _first(output, "llm-rubric")
    met, score = _truth(given.get("pass")), _number(given.get("score"))
    if ("pass" in given and met is None) or ("score" in given and (score is None or not 0 <= score <= 1)):
        raise JudgeBroken("llm-rubric", f"its `pass` or `score` is none, or not from 0 to 1: {_short(output)}")
    if met is None and (score is None or assertion.threshold is None):
        raise JudgeBroken("llm-rubric", f"it did not say `pass`: {_short(output)}")
    passes = met is not False
    far = float(passes) if score is None else score
    if assertion.threshold is not None:
        passes = passes and far >= assertion.threshold
    far = 1 - far if assertion.negated else far
    return RuleFinding(passes != assertion.negated, str(given.get("reason") or ""), far)


def factuality(reply: JudgedReply, assertion: Assertion) -> RuleFinding:
    """The answer does not contradict the value; it may say less, more or the same."""
    values = {"question": reply.answer.question, "expected": str(assertion.expected), "output": reply.answer.text}
    output = reply.ask("factuality", values)
    first = next(objects(output), None)
    given = first if isinstance(first, dict) else {}
    category = str(given.get("category") or "").strip()
    letter = re.fullmatch("[A-Ea-e]", category) if category else re.search(r"(?<!\w)[A-Ea-e](?=\))", output)
    if letter is None:
        raise JudgeBroken("factuality", f"it named none of the categories A to E: {_short(output)}")
    chosen = letter[0].upper()
    return RuleFinding((chosen != "D") != assertion.negated, f"{chosen}: {given.get('reason') or _short(output)}")


def closed_qa(reply: JudgedReply, assertion: Assertion) -> RuleFinding:
    values = {"question": reply.answer.question, "criterion": str(assertion.expected), "output": reply.answer.text}
    output = reply.ask("closedqa", values).rstrip()
    if not output.endswith(("Y", "N")):
        raise JudgeBroken("model-graded-closedqa", f"it ended with neither Y nor N: {_short(output)}")
    return RuleFinding(output.endswith("Y") != assertion.negated, _short(output))


def answer_relevance(reply: JudgedReply, assertion: Assertion) -> RuleFinding:
    """The mean cosine of the question and the questions that the judge generates from the answer."""
    asked = str(reply.given.get("query") or reply.answer.question)
    questions = [reply.ask("question", {"output": reply.answer.text}) for _ in range(QUESTIONS)]
    vector, *others = reply.embed([asked, *questions])
    return _at_least("relevance", fmean(cosine(vector, other) for other in others), assertion)


def context_recall(reply: JudgedReply, assertion: Assertion) -> RuleFinding:
    """The share of the value's sentences that the context supports."""
    values = {"context": "\n\n".join(_context(reply)), "expected": str(assertion.expected)}
    output = reply.ask("recall", values).lower()
    lines = [line for line in output.split("\n") if "[attributed]" in line or "[not attributed]" in line]
    if not lines:
        raise JudgeBroken("context-recall", f"it marked no sentence: {_short(output)}")
    attributed = [line for line in lines if "[not attributed]" not in line]
    return _at_least("recall", len(attributed) / len(lines), assertion)


def context_relevance(reply: JudgedReply, assertion: Assertion) -> RuleFinding:
    """The share of the context that the answer needs."""
    context = _context(reply)
    question = str(reply.given.get("query") or reply.answer.question)
    output = reply.ask("relevance", {"context": "\n\n".join(context), "question": question})
    if "Insufficient Information" in output:
        return _at_least("relevance", 0.0, assertion)
    lines = len(context) > 1 or len(_lines(context[0])) > 1
    units = list(context) if len(context) > 1 else _units(context[0])
    needed = list(dict.fromkeys(_lines(output) if lines else _units(output)))
    whole = _plain(" ".join(context))
    if needed and not any(_plain(re.sub(r"^\s*(?:\d+[.)]|[-*])\s*", "", each)) in whole for each in needed):
        raise JudgeBroken("context-relevance", f"it did not quote the context: {_short(output)}")
    return _at_least("relevance", min(len(needed), len(units)) / len(units) if units else 0.0, assertion)


def context_faithfulness(reply: JudgedReply, assertion: Assertion) -> RuleFinding:
    """The share of the answer's statements that the context supports."""
    question = str(reply.given.get("query") or reply.answer.question)
    statements = _lines(reply.ask("statements", {"question": question, "output": reply.answer.text}))
    if not statements:
        raise JudgeBroken("context-faithfulness", "it found no statement in the answer")
    values = {"context": "\n\n".join(_context(reply)), "statements": "\n".join(statements)}
    output = reply.ask("verdicts", values).lower()
    yes = _verdicts(output)
    if not yes:
        raise JudgeBroken("context-faithfulness", f"it gave no verdicts: {_short(output)}")
    no = yes.count(False) + max(0, len(statements) - len(yes))
    return _at_least("faithfulness", min(1.0, max(0.0, 1 - no / len(statements))), assertion)


def g_eval(reply: JudgedReply, assertion: Assertion) -> RuleFinding:
    """The mean mark over the criteria, in [0, 1].

    Y. Liu and others, 2023, G-Eval, https://arxiv.org/abs/2303.16634; without weights by probability, as in promptfoo.
    """
    criteria = assertion.expected if isinstance(assertion.expected, tuple) else (assertion.expected,)
    marks = [_mark(reply, str(each)) for each in criteria]
    found = _at_least("mark", fmean(mark for mark, _ in marks), assertion)
    return RuleFinding(found.holds, f"{found.reason}: {' '.join(reason for _, reason in marks)}", found.score)


def select_best(reply: JudgedReply, assertion: Assertion) -> RuleFinding:
    """The judge prefers the answer to the baseline's answer."""
    if reply.rival is None:
        raise Unmeasured("select-best", "The baseline has no answer to compare it with.")
    outputs = (reply.answer.text, reply.rival)
    listed = "\n".join(f'<text number="{number}">\n{each}\n</text>' for number, each in enumerate(outputs))
    output = reply.ask("best", {"criterion": str(assertion.expected), "outputs": listed})
    chosen = re.search("[0-9]+", output)
    if chosen is None or int(chosen[0]) >= len(outputs):
        raise JudgeBroken("select-best", f"it chose none of the texts: {_short(output)}")
    return RuleFinding((int(chosen[0]) == 0) != assertion.negated)


_Scalar = Annotated[Text, BeforeValidator(said)]

GRADED: Mapping[str, Rule] = {
    "llm-rubric": Rule(llm_rubric, _Scalar, Share, optional="threshold"),
    "factuality": Rule(factuality, _Scalar),
    "model-graded-closedqa": Rule(closed_qa, _Scalar),
    "answer-relevance": Rule(answer_relevance, threshold=Share, optional="threshold", default=0.5),
    "context-recall": Rule(context_recall, _Scalar, Share, optional="threshold", default=0.5, certain=0),
    "context-relevance": Rule(context_relevance, threshold=Share, optional="threshold", default=0.5, certain=0),
    "context-faithfulness": Rule(context_faithfulness, threshold=Share, optional="threshold", default=0.5, certain=0),
    "g-eval": Rule(g_eval, Text | Texts, Share, optional="threshold", default=0.7, certain=0),
    "select-best": Rule(select_best, _Scalar),
}


def _context(reply: JudgedReply) -> Sequence[str]:
    """The variable `context`, else the evidence of the answer. Raises Unmeasured without both."""
    given = str(reply.given.get("context") or "")
    found = [given] if given else [each.text for each in reply.answer.evidence]
    if not found:
        raise Unmeasured("context-…", "Nothing was found for the question, and there is no variable `context`.")
    return found


def _mark(reply: JudgedReply, criterion: str) -> tuple[float, str]:
    planned = _first(reply.ask("steps", {"criterion": criterion}), "g-eval").get("steps")
    if (
        not isinstance(planned, list)
        or not planned
        or not all(isinstance(each, str) and each.strip() for each in planned)
    ):
        raise JudgeBroken("g-eval", "it planned no steps")
    values = {"criterion": criterion, "steps": "\n- ".join(planned), "question": reply.answer.question}
    output = reply.ask("score", {**values, "output": reply.answer.text})
    given = _first(output, "g-eval")
    mark, reason = _number(given.get("score")), given.get("reason")
    if mark is None or not 0 <= mark <= MOST or not isinstance(reason, str) or not reason.strip():
        raise JudgeBroken("g-eval", f"it gave no mark from 0 to {MOST} with a reason: {_short(output)}")
    return mark / MOST, reason


def _verdicts(output: str) -> list[bool]:
    """Whether each statement is supported, by the final line if present, else line by line."""
    if _FINAL in output:
        final = [each for each in output.split(_FINAL, 1)[1].split(".") if each.strip()]
        return ["yes" in each for each in final] if all(re.search(r"\b(?:yes|no)\b", each) for each in final) else []
    return [each == "yes" for each in re.findall(r"verdict: (yes|no)", output)]


def _at_least(name: str, found: float, assertion: Assertion) -> RuleFinding:
    return reached(name, found, assertion, found >= (assertion.threshold or 0) - _EPSILON)


def _first(output: str, name: str) -> dict[str, Any]:
    """The first JSON object in a judge's reply. Raises JudgeBroken without one."""
    found = next(objects(output), None)
    if not isinstance(found, dict):
        raise JudgeBroken(name, f"it said nothing in JSON: {_short(output)}")
    return found


def _truth(written: object) -> bool | None:
    words = {**dict.fromkeys(("true", "yes", "pass", "y"), True), **dict.fromkeys(("false", "no", "fail", "n"), False)}
    return words.get(str(written).lower())


def _number(written: object) -> float | None:
    """A finite number, or a text of one; None for any other value."""
    if isinstance(written, str):
        return float(written) if re.fullmatch(r"\s*-?[0-9]+(?:\.[0-9]+)?\s*", written) else None
    return (
        float(written)
        if isinstance(written, int | float) and not isinstance(written, bool) and isfinite(written)
        else None
    )


def _lines(text: str) -> list[str]:
    return [line for line in text.split("\n") if line.strip()]


def _units(text: str) -> list[str]:
    """The lines of a text; the sentences of a single line, as promptfoo splits them."""
    lines = _lines(text)
    parts = lines if len(lines) > 1 else re.split(r"(?<=[.!?])\s+", text)
    return [each.strip() for each in parts if each.strip() and not re.fullmatch(r"\d+[.)]", each.strip())]


def _plain(text: str) -> str:
    return " ".join(text.lower().split())


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 200 else f"{line[:199]}…"
