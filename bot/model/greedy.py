"""Greedy decoding of an answer, several tokens in one computation.

An answer copies most of its words. The tokens that followed an earlier occurrence of the last tokens become a draft.
It is computed together with the next token. The draft is accepted up to the first token that the model would not have
written. This is prompt lookup decoding (https://github.com/apoorvumang/prompt-lookup-decoding). It pays where the
processor waits for memory.

llama-cpp-python finds the draft. Its own decoding of drafts is not used: it computes the logits of the whole prompt.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from time import perf_counter
from typing import Any

from bot.model.state import cut, reusable, rewinds, tokens_read
from bot.model.tokens import alike

# With these, 30 answers about SQuAD 2.0, of 19 tokens each, take .49 computations a token. Two cores of a Xeon compute
# four tokens in the time of 1.5, and so need .7 of the time. Two cores of an EPYC need the time of 3.5, and so 1.2 of
# the time. Longer drafts cost more than they save.
ALIKE = 3  # last tokens that are looked up, at most
GUESSED = 3  # tokens of a draft
_COMPUTED = 0.49  # computations a token
_TIMES = 2  # measurements; the fastest counts


def pays(llama: Any) -> bool:
    """Whether drafts make this machine faster, measured with a model that has read nothing yet.

    False for a model that cannot forget rejected tokens.
    """
    if not rewinds(llama):
        return False
    llama.eval([llama.token_eos()])  # the first time a model's file is read
    one, several = (
        min(_seconds(llama, [llama.token_eos()] * count) for _ in range(_TIMES)) for count in (1, 1 + GUESSED)
    )
    cut(llama, 0)
    return several * _COMPUTED < one


def likeliest(llama: Any, prompt: list[int], *, guessing: bool) -> Iterator[int]:
    """The likeliest tokens after the prompt, one at a time, without end.

    Raises RuntimeError if stopped, or if the context is full.
    """
    import numpy as np
    from llama_cpp.llama_speculative import LlamaPromptLookupDecoding

    guess = LlamaPromptLookupDecoding(ALIKE, GUESSED)
    if llama._requires_eval or tokens_read(llama) != prompt:
        kept = reusable(llama, prompt)
        cut(llama, kept)
        llama.eval(prompt[kept:])
    tokens, written = [*prompt], [_token_after(llama, -1)]
    while True:
        yield from written
        tokens += written
        room = len(llama.input_ids) - len(tokens)  # llama.n_ctx() is rounded up, and so no limit
        draft = guess(np.array(tokens, dtype=np.intc)).tolist()[:room] if guessing else []
        written = _following(llama, [tokens[-1], *draft])


def _following(llama: Any, tokens: Sequence[int]) -> list[int]:
    """The next tokens after the first token and after each accepted token of the draft behind it.

    Rejected tokens are removed from the context.
    """
    start = llama.n_tokens
    _compute(llama, tokens)
    llama.input_ids[start : start + len(tokens)] = tokens
    written = [_token_after(llama, place) for place in range(len(tokens))]
    accepted = alike(written, tokens[1:])
    cut(llama, start + 1 + accepted)
    return written[: accepted + 1]


def _compute(llama: Any, tokens: Sequence[int]) -> None:
    """Computes the logits at each of the tokens, after the tokens in the context."""
    llama._batch.set_batch(tokens, n_past=llama.n_tokens, logits_all=True)
    llama._ctx.decode(llama._batch)


def _seconds(llama: Any, tokens: Sequence[int]) -> float:
    """The seconds for a computation of the tokens in an empty context."""
    cut(llama, 0)
    began = perf_counter()
    _compute(llama, tokens)
    return perf_counter() - began


def _token_after(llama: Any, place: int) -> int:
    """The likeliest token after the token at `place` of the last computation."""
    import llama_cpp
    import numpy as np

    logits = llama_cpp.llama_get_logits_ith(llama.ctx, place)
    return int(np.argmax(np.ctypeslib.as_array(logits, shape=(llama.n_vocab(),))))
