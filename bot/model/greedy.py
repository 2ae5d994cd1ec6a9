"""The likeliest tokens of an answer, several in one computation.

An answer copies most of its words. What followed the last tokens where they stood before is therefore read along with
the next one, where a processor waits for its memory and does that in little more time, and holds as far as the model
would have written the same, as it shows at each of them (prompt lookup decoding,
https://github.com/apoorvumang/prompt-lookup-decoding). llama-cpp-python finds what followed; its own way of reading it
computes the logits of the whole prompt too, for which there is no use.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from time import perf_counter
from typing import Any

from bot.model.state import cut, tokens_read
from bot.model.tokens import alike

# Of 30 drafts about SQuAD 2.0, each of 19 tokens, these take .49 computations a token. Two cores of a Xeon compute four
# tokens in the time of one and a half, and so write in .7 of it; those of an EPYC, in the time of three and a half, and
# would write in 1.2 times as much. More guessed are less often right than they cost.
ALIKE = 3  # tokens that stood there before, at most
GUESSED = 3  # tokens that followed them
_COMPUTED = 0.49
_TIMES = 2


def pays(llama: Any) -> bool:
    """Whether this machine writes faster when it guesses: measured once, of a model that has read nothing yet."""
    llama.eval([llama.token_eos()])  # the first time a model's file is read
    one, several = (
        min(_seconds(llama, [llama.token_eos()] * count) for _ in range(_TIMES)) for count in (1, 1 + GUESSED)
    )
    cut(llama, 0)
    return several * _COMPUTED < one


def likeliest(llama: Any, prompt: list[int], *, guessing: bool) -> Iterator[int]:
    """The tokens that are the likeliest after the prompt, one after the other, without end. Raises RuntimeError where
    it is stopped or there is no more room."""
    import numpy as np
    from llama_cpp.llama_speculative import LlamaPromptLookupDecoding

    guess = LlamaPromptLookupDecoding(ALIKE, GUESSED)
    if llama._requires_eval or tokens_read(llama) != prompt:
        kept = min(alike(tokens_read(llama), prompt), len(prompt) - 1)  # the last one shows what follows it
        cut(llama, kept)
        llama.eval(prompt[kept:])
    tokens, written = [*prompt], [_token_after(llama, -1)]
    while True:
        yield from written
        tokens += written
        room = len(llama.input_ids) - len(tokens)  # beside which llama.n_ctx() is rounded up
        guessed = guess(np.array(tokens, dtype=np.intc)).tolist()[:room] if guessing else []
        written = _following(llama, [tokens[-1], *guessed])


def _following(llama: Any, tokens: Sequence[int]) -> list[int]:
    """What the model writes after the first of the tokens, and after each other one that it would have written. It has
    then read these, and not the rest."""
    start = llama.n_tokens
    _compute(llama, tokens)
    llama.input_ids[start : start + len(tokens)] = tokens
    written = [_token_after(llama, place) for place in range(len(tokens))]
    right = alike(written, tokens[1:])
    cut(llama, start + 1 + right)
    return written[: right + 1]


def _compute(llama: Any, tokens: Sequence[int]) -> None:
    """What follows each of the tokens, after those that were read."""
    llama._batch.set_batch(tokens, n_past=llama.n_tokens, logits_all=True)
    llama._ctx.decode(llama._batch)


def _seconds(llama: Any, tokens: Sequence[int]) -> float:
    """The time in which the tokens are computed, after which nothing of them is kept."""
    cut(llama, 0)
    began = perf_counter()
    _compute(llama, tokens)
    return perf_counter() - began


def _token_after(llama: Any, place: int) -> int:
    """The likeliest token after that of the last computation at the place."""
    import llama_cpp
    import numpy as np

    logits = llama_cpp.llama_get_logits_ith(llama.ctx, place)
    return int(np.ctypeslib.as_array(logits, shape=(llama.n_vocab(),)).argmax())
