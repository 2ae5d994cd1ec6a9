"""The switches that keep every vendor quiet: off the network, and off the processors while it waits. Called before a
vendor is first imported."""

from __future__ import annotations

import os

# Nobody using Byline has asked to be counted.
FORCED = {
    "ANONYMIZED_TELEMETRY": "False",
    "DO_NOT_TRACK": "1",
    "GRADIO_ANALYTICS_ENABLED": "False",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "ORT_DISABLE_TELEMETRY": "1",
    "RAY_USAGE_STATS_ENABLED": "0",
}
# A person may want a model hub, progress bars, tracing or other threads, and says so in the environment.
DEFAULTS = {
    "GOMP_SPINCOUNT": "10000",  # waiting threads soon sleep: no slower alone, four times faster on a busy machine
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "LANGCHAIN_TRACING_V2": "false",
    "LANGSMITH_TRACING": "false",
    "TOKENIZERS_PARALLELISM": "false",
    "TRANSFORMERS_OFFLINE": "1",
    "TRANSFORMERS_VERBOSITY": "error",
}


def quiet() -> None:
    os.environ.update(FORCED)
    for name, value in DEFAULTS.items():
        os.environ.setdefault(name, value)
