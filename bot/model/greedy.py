"""The likeliest tokens of an answer, several in one computation.

An answer copies most of its words. What followed the last tokens where they stood before is therefore read along with
the next one, which costs little more on a CPU, and holds as far as the model would have written the same, as it shows
at each of them (prompt lookup decoding, https://github.com/apoorvumang/prompt-lookup-decoding). llama-cpp-python finds
what followed; its own way of reading it computes the logits of the whole prompt too, for which there is no use.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from bot.model.state import cut, tokens_read
from bot.model.tokens import alike

# Of 30 drafts about SQuAD 2.0, each of 19 tokens, these take .49 computations a token, and on two cores of a Xeon .7 of
# the time: four tokens are read in that of one and a half. More guessed are less often right than they cost.
ALIKE = 3  # tokens that stood there before, at most
GUESSED = 3  # tokens that followed them


def likeliest(llama: Any, prompt: list[int]) -> Iterator[int]:
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
        written = _following(llama, [tokens[-1], *guess(np.array(tokens, dtype=np.intc)).tolist()[:room]])


def _following(llama: Any, tokens: Sequence[int]) -> list[int]:
    """What the model writes after the first of the tokens, and after each other one that it would have written. It has
    then read these, and not the rest."""
    start = llama.n_tokens
    llama._batch.set_batch(tokens, n_past=start, logits_all=True)
    llama._ctx.decode(llama._batch)
    llama.input_ids[start : start + len(tokens)] = tokens
    written = [_token_after(llama, place) for place in range(len(tokens))]
    right = alike(written, tokens[1:])
    cut(llama, start + 1 + right)
    return written[: right + 1]


def _token_after(llama: Any, place: int) -> int:
    """The likeliest token after that of the last computation at the place."""
    import llama_cpp
    import numpy as np

    logits = llama_cpp.llama_get_logits_ith(llama.ctx, place)
    return int(np.ctypeslib.as_array(logits, shape=(llama.n_vocab(),)).argmax())
