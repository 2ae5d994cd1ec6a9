"""Models with what the settings say of them."""

from __future__ import annotations

from collections.abc import Sequence

from bot.config import Config
from bot.model import Opened, open_models


def open_configured(specs: Sequence[str | None], config: Config) -> list[Opened]:
    """The models of each spec, with what the settings say of models."""
    return open_models(
        specs,
        url=config.model_url,
        key=config.model_key,
        timeout=config.model_timeout,
        writer=config.writer,
        evidence_tokens=config.evidence_tokens,
        prices=config.prices,
    )
