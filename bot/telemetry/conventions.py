"""The names of OpenTelemetry's conventions for generative AI, v0.1.0, as far as Byline's spans have them.

https://github.com/open-telemetry/semantic-conventions-genai. All of them are in development and may change: the
schema says which version a span follows.
"""

from __future__ import annotations

SCHEMA_URL = "https://opentelemetry.io/schemas/gen-ai/0.1.0"

OPERATION = "gen_ai.operation.name"
INVOKE_AGENT, RETRIEVAL, CHAT = "invoke_agent", "retrieval", "chat"
AGENT_NAME = "gen_ai.agent.name"
PROVIDER = "gen_ai.provider.name"
REQUEST_MODEL = "gen_ai.request.model"
REQUEST_STREAM = "gen_ai.request.stream"
TIME_TO_FIRST_CHUNK = "gen_ai.response.time_to_first_chunk"  # seconds
ERROR_TYPE = "error.type"

# Content, which is told only where the operator asks for it
INPUT_MESSAGES = "gen_ai.input.messages"
OUTPUT_MESSAGES = "gen_ai.output.messages"
QUERY_TEXT = "gen_ai.retrieval.query.text"
DOCUMENTS = "gen_ai.retrieval.documents"

# Byline's own
SURFACE = "byline.surface"
STATUS = "byline.status"
