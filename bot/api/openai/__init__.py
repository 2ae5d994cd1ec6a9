"""The shapes of OpenAI's interface: responses, chat completions, models."""
