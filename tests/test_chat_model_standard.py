"""LangChain's standard tests of a chat model: each is passed by the local model, or left out for a reason."""

from __future__ import annotations

from typing import Any

import pytest
import test_model
import test_model_live
from langchain_core.language_models.chat_models import BaseChatModel
from langchain_tests.integration_tests import ChatModelIntegrationTests
from langchain_tests.unit_tests import ChatModelUnitTests
from langchain_tests.unit_tests.chat_models import ChatModelTests

from bot.model.local import LocalChat
from bot.model.pull import installed

PATH = installed()


@pytest.mark.live
@pytest.mark.skipif(PATH is None, reason="the local model is not here: byline model pull")
class TestTheLocalModelTellsItsEvents(ChatModelTests):
    """The others that are taken are in test_model and, where they ask the model, in test_model_live."""

    test_stream_events_v3 = ChatModelIntegrationTests.test_stream_events_v3
    test_astream_events_v3 = ChatModelIntegrationTests.test_astream_events_v3

    @property
    def chat_model_class(self) -> type[BaseChatModel]:
        return LocalChat

    @property
    def chat_model_params(self) -> dict[str, Any]:
        return {"path": PATH}


LEFT_OUT = {
    "it calls no tools, and writes no structure": {
        *("test_tool_calling", "test_tool_calling_async", "test_tool_calling_with_no_arguments", "test_tool_choice"),
        *("test_tool_message_error_status", "test_tool_message_histories_list_content", "test_agent_loop"),
        *("test_tool_message_histories_string_content", "test_bind_runnables_as_tools", "test_bind_tool_pydantic"),
        *("test_unicode_tool_call_integration", "test_structured_few_shot_examples", "test_structured_output"),
        *("test_structured_output_async", "test_structured_output_optional_param", "test_with_structured_output"),
        *("test_structured_output_pydantic_2_v1", "test_json_mode"),
    },
    "it reads text only": {
        *("test_anthropic_inputs", "test_audio_inputs", "test_image_inputs", "test_image_tool_message"),
        *("test_pdf_inputs", "test_pdf_tool_message"),
    },
    "it is one file, which a call cannot name another for": {
        *("test_invoke_with_model_override", "test_ainvoke_with_model_override"),
        *("test_stream_with_model_override", "test_astream_with_model_override"),
    },
    "it has no settings in the environment, and is not kept as JSON": {"test_init_from_env", "test_serdes"},
    "they measure time": {"test_init_time", "test_stream_time"},
}


def names(*classes: type) -> set[str]:
    return {name for each in classes for name in dir(each) if name.startswith("test_")}


def test_every_test_of_langchain_is_taken_or_left_out_for_a_reason() -> None:
    elsewhere = (test_model.TestTheLocalModelIsAChatModel, test_model_live.TestTheLocalModelIsAChatModel)
    taken, left_out = names(TestTheLocalModelTellsItsEvents, *elsewhere), set().union(*LEFT_OUT.values())
    assert taken | left_out == names(ChatModelUnitTests, ChatModelIntegrationTests)
    assert taken & left_out == set()
