"""LangChain's standard tests of a chat model: each is passed by the local model, or left out for a reason."""

from __future__ import annotations

from langchain_tests.integration_tests import ChatModelIntegrationTests
from langchain_tests.unit_tests import ChatModelUnitTests

from tests import test_model, test_model_live

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
    taken = names(test_model.TestTheLocalModelIsAChatModel, test_model_live.TestTheLocalModelIsAChatModel)
    left_out = set().union(*LEFT_OUT.values())
    assert taken | left_out == names(ChatModelUnitTests, ChatModelIntegrationTests)
    assert taken & left_out == set()
