"""Providers of embeddings: those that LangChain's `init_embeddings` knows, and how the class of each is set up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from index.errors import EmbedderSettingUnused
from index.extras import installing
from index.remote import TIMEOUT

Options = Mapping[str, Any]

NO_KEY = "none"  # for a server without keys: some clients need a value


@dataclass(frozen=True, slots=True)
class EmbeddingProvider:
    """A provider, and the names that its class has for an address and a key."""

    package: str  # of LangChain, with the class
    keys: tuple[str, ...] = ()  # variables of which one is set; none where the class may do without, or looks elsewhere
    url: str | None = None  # the option for an address
    key: Callable[[str], dict[str, Any]] | None = None  # the options for a key
    options: Options = field(default_factory=dict)  # that are always given
    extra: str | None = None  # of Byline, that brings the package

    @property
    def install(self) -> str:
        """The command, as part of a sentence."""
        return installing(self.extra) if self.extra else f"`pip install {self.package}`"


def _option(name: str) -> Callable[[str], dict[str, Any]]:
    return lambda value: {name: value}


# One request is one try: `ProviderEmbedder` tries again, in the same way for all. Texts go out as they are: a tokenizer
# of OpenAI's would have to be downloaded, and other servers read no tokens.
_OPENAI: Options = {"timeout": TIMEOUT, "max_retries": 0, "check_embedding_ctx_length": False}

PROVIDERS: Mapping[str, EmbeddingProvider] = {
    "azure_ai": EmbeddingProvider("langchain-azure-ai", (), "endpoint", _option("credential"), _OPENAI),
    "azure_openai": EmbeddingProvider(
        "langchain-openai",
        ("AZURE_OPENAI_API_KEY", "OPENAI_API_KEY", "AZURE_OPENAI_AD_TOKEN"),
        "azure_endpoint",
        _option("api_key"),
        _OPENAI,
        "providers",
    ),
    "bedrock": EmbeddingProvider("langchain-aws", (), "endpoint_url"),
    "cohere": EmbeddingProvider(
        "langchain-cohere",
        ("COHERE_API_KEY",),
        "base_url",
        _option("cohere_api_key"),
        {"request_timeout": TIMEOUT, "max_retries": 1},  # its retries count the first try
    ),
    "google_genai": EmbeddingProvider(
        "langchain-google-genai",
        ("GOOGLE_API_KEY", "GEMINI_API_KEY", "GOOGLE_GENAI_USE_VERTEXAI"),
        "base_url",
        _option("api_key"),
        {"client_args": {"timeout": TIMEOUT}},
    ),
    "google_vertexai": EmbeddingProvider("langchain-google-vertexai"),
    "huggingface": EmbeddingProvider("langchain-huggingface"),
    "mistralai": EmbeddingProvider(
        "langchain-mistralai",
        ("MISTRAL_API_KEY",),
        "endpoint",
        _option("api_key"),
        {"timeout": int(TIMEOUT), "max_retries": None},
    ),
    "ollama": EmbeddingProvider(
        "langchain-ollama",
        (),
        "base_url",
        lambda key: {"sync_client_kwargs": {"headers": {"authorization": f"Bearer {key}"}}},
        {"client_kwargs": {"timeout": TIMEOUT}},
        "ollama",
    ),
    "openai": EmbeddingProvider(
        "langchain-openai", ("OPENAI_API_KEY",), "base_url", _option("api_key"), _OPENAI, "providers"
    ),
}


def provided(name: str) -> bool:
    """Whether an embedder's name is `provider:model`, and LangChain knows the provider.

    >>> provided("openai:text-embedding-3-small"), provided("C:/models/mine"), provided("nomic-embed-text:latest")
    (True, False, False)
    """
    provider, _, model = name.partition(":")
    return provider in PROVIDERS and bool(model.strip())


def class_options(name: str, url: str | None, key: str | None) -> dict[str, Any]:
    """The options of the provider's class.

    Without a `key` the class reads the provider's variable, but not for an address of another server. Raises
    EmbedderSettingUnused where it takes no address or no key.
    """
    provider = PROVIDERS[name.partition(":")[0]]
    options = dict(deepcopy(provider.options))  # some classes change what they are given
    if url and not provider.url:
        raise EmbedderSettingUnused(name, "embedder_url")
    if key and not provider.key:
        raise EmbedderSettingUnused(name, "embedder_key")
    if url and provider.url:
        options[provider.url] = url
        key = key or (NO_KEY if provider.keys else None)
    return options | (provider.key(key) if key and provider.key else {})
