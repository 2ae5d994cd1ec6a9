"""Language models of some kilobytes, as GGUF files. Their weights are random numbers: real to llama.cpp, and good for
nothing but to see what a model is given and what it keeps."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from gguf import GGUFWriter, TokenType
from numpy.typing import NDArray

WIDTH, LAYERS, HEADS = 32, 2, 2
STATE, STEP, TAPS = 16, 2, 4  # of Mamba
CHATML = (
    "{% for each in messages %}<|im_start|>{{ each.role }}\n{{ each.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
WORDS = ("<|end|>", "<|im_start|>", "<|im_end|>", *(chr(each) for each in range(33, 127)), "Ġ", "Ċ", "ab")
Arrays = dict[str, NDArray[np.float32]]


def write(path: Path, *, forgets: bool = True, template: str | None = CHATML) -> Path:
    """A model that can forget what it has read last, or one with a running state, which cannot."""
    writer = GGUFWriter(path, "llama" if forgets else "mamba")
    writer.add_context_length(4096)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(LAYERS)
    writer.add_layer_norm_rms_eps(1e-5)
    _add_words(writer)
    if template is not None:
        writer.add_chat_template(template)
    shared = {"token_embd.weight": _random(len(WORDS), WIDTH), "output_norm.weight": np.ones(WIDTH, np.float32)}
    for name, array in {**shared, **(_transformer(writer) if forgets else _mamba(writer))}.items():
        writer.add_tensor(name, array)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _add_words(writer: GGUFWriter) -> None:
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")
    writer.add_token_list(WORDS)
    writer.add_token_types([TokenType.CONTROL] * 3 + [TokenType.NORMAL] * (len(WORDS) - 3))
    writer.add_token_merges(["a b"])
    writer.add_bos_token_id(0)
    writer.add_eos_token_id(2)


def _transformer(writer: GGUFWriter) -> Arrays:
    writer.add_head_count(HEADS)
    writer.add_feed_forward_length(WIDTH)
    arrays: Arrays = {}
    for layer in range(LAYERS):
        at = f"blk.{layer}"
        for name in ("attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_down", "ffn_up"):
            arrays[f"{at}.{name}.weight"] = _random(WIDTH, WIDTH)
        for name in ("attn_norm", "ffn_norm"):
            arrays[f"{at}.{name}.weight"] = np.ones(WIDTH, np.float32)
    return arrays


def _mamba(writer: GGUFWriter) -> Arrays:
    inner = 2 * WIDTH
    writer.add_head_count(0)
    writer.add_feed_forward_length(0)
    writer.add_ssm_conv_kernel(TAPS)
    writer.add_ssm_inner_size(inner)
    writer.add_ssm_state_size(STATE)
    writer.add_ssm_time_step_rank(STEP)
    arrays: Arrays = {}
    for layer in range(LAYERS):
        at = f"blk.{layer}"
        arrays |= {
            f"{at}.attn_norm.weight": np.ones(WIDTH, np.float32),
            f"{at}.ssm_in.weight": _random(2 * inner, WIDTH),
            f"{at}.ssm_conv1d.weight": _random(inner, TAPS),
            f"{at}.ssm_conv1d.bias": _random(inner),
            f"{at}.ssm_x.weight": _random(STEP + 2 * STATE, inner),
            f"{at}.ssm_dt.weight": _random(inner, STEP),
            f"{at}.ssm_dt.bias": _random(inner),
            f"{at}.ssm_a": -np.abs(_random(inner, STATE)),
            f"{at}.ssm_d": _random(inner),
            f"{at}.ssm_out.weight": _random(WIDTH, inner),
        }
    return arrays


def _random(*shape: int) -> NDArray[np.float32]:
    return np.random.default_rng(len(shape) + sum(shape)).normal(0, 0.5, shape).astype(np.float32)
