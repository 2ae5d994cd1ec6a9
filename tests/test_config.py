"""Where a setting comes from, and what is said when it cannot be used."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.config import Config, misspelt, read, shipped
from bot.errors import SettingInvalid, SettingsUnreadable, UsageError


def test_without_anything_given_the_defaults_hold(tmp_path: Path) -> None:
    assert read(environ={}, folder=tmp_path) == Config()


def test_flags_win_over_variables_and_variables_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "byline.toml").write_text('store = "from-file"\nhost = "0.0.0.0"\nport = 1\nmodel = "extractive"\n')
    environ = {"BYLINE_STORE": "from-variable", "BYLINE_PORT": "2"}
    config = read({"store": Path("from-flag"), "port": None}, environ, tmp_path)
    assert (config.store, config.port, config.host) == (Path("from-flag"), 2, "0.0.0.0")
    assert config.model == "extractive"


def test_an_empty_variable_is_not_given(tmp_path: Path) -> None:
    assert read(environ={"BYLINE_MODEL": "", "BYLINE_PORT": ""}, folder=tmp_path) == Config()


@pytest.mark.parametrize(
    ("line", "environ", "flags", "told"),
    [
        ('colour = "x"', {}, {}, "there is no such setting; there are store, store_url"),
        (
            'port = "seven"',
            {},
            {},
            "port in byline.toml cannot be used: it has to be a whole number, and it is 'seven'",
        ),
        ("port = 70000", {}, {}, "it has to be 65535 or less, and it is 70000"),
        ("store = 5", {}, {}, "store in byline.toml"),
        ('slack_bot_token = "xoxb-1"', {}, {}, "a secret belongs in the variable SLACK_BOT_TOKEN"),
        ("", {"BYLINE_PORT": "seven"}, {}, "BYLINE_PORT cannot be used"),
        ("", {"BYLINE_MODEL_TIMEOUT": "0"}, {}, "BYLINE_MODEL_TIMEOUT cannot be used: it has to be greater than 0"),
        ("", {}, {"port": 99999}, "--port cannot be used"),
    ],
)
def test_what_cannot_be_used_is_named_with_its_place(
    line: str, environ: dict[str, str], flags: dict[str, object], told: str, tmp_path: Path
) -> None:
    (tmp_path / "byline.toml").write_text(line)
    with pytest.raises(SettingInvalid) as caught:
        read(flags, environ, tmp_path)
    assert told in str(caught.value)
    assert "xoxb" not in str(caught.value)
    assert isinstance(caught.value, UsageError)


def test_a_name_that_is_almost_a_setting_is_told_with_one_end_mark(tmp_path: Path) -> None:
    (tmp_path / "byline.toml").write_text('stoer = "x"')
    with pytest.raises(SettingInvalid) as caught:
        read(environ={}, folder=tmp_path)
    told = "The setting stoer in byline.toml cannot be used: there is no such setting; did you mean store?"
    assert str(caught.value) == told


def test_a_file_that_cannot_be_read_is_told_as_a_file(tmp_path: Path) -> None:
    (tmp_path / "byline.toml").write_text("port = ")
    with pytest.raises(SettingsUnreadable, match=r"The settings file byline\.toml cannot be read: Invalid value"):
        read(environ={}, folder=tmp_path)


def test_a_variable_that_is_almost_a_setting_is_told_and_no_other() -> None:
    environ = {"BYLINE_MODLE": "x", "BYLINE_MODEL": "local", "BYLINE_SLACK_BOT_TOKEN": "x", "BYLINE_BENCH_DATA": "x"}
    assert misspelt(environ | {"MODLE": "x"}) == ("BYLINE_MODLE is not known; did you mean BYLINE_MODEL?",)


def test_slack_tokens_come_from_either_variable_and_are_never_shown(tmp_path: Path) -> None:
    usual = read(environ={"SLACK_BOT_TOKEN": "xoxb-usual", "SLACK_APP_TOKEN": "xapp-usual"}, folder=tmp_path)
    assert (usual.slack_bot_token, usual.slack_app_token) == ("xoxb-usual", "xapp-usual")
    own = read(environ={"SLACK_BOT_TOKEN": "xoxb-usual", "BYLINE_SLACK_BOT_TOKEN": "xoxb-own"}, folder=tmp_path)
    assert own.slack_bot_token == "xoxb-own"
    assert "xoxb" not in repr(own)


@pytest.mark.parametrize(("name", "pattern"), [("seeds", "*.md"), ("prompts", "answer.md")])
def test_what_ships_is_found(name: str, pattern: str) -> None:
    assert list(shipped(name).glob(pattern))


def test_a_password_of_a_database_is_refused_in_a_file_and_not_repeated(tmp_path: Path) -> None:
    (tmp_path / "byline.toml").write_text('database_url = "postgresql://ana:xyzzy@db.example/news"', encoding="utf-8")
    with pytest.raises(SettingInvalid, match="PGPASSWORD") as error:
        read(folder=tmp_path)
    assert "xyzzy" not in str(error.value)
    (tmp_path / "byline.toml").write_text('database_url = "postgresql://ana@db.example/news"', encoding="utf-8")
    assert read(environ={}, folder=tmp_path).database_url == "postgresql://ana@db.example/news"


def test_what_lets_byline_into_a_database_is_not_shown() -> None:
    given = {"BYLINE_DATABASE_URL": "postgresql://ana:xyzzy@db.example/news", "BYLINE_STORE_TOKEN": "plugh"}
    config = read(environ=given)
    assert (config.database_url, config.store_token) == tuple(given.values())
    assert not any(secret in repr(config) for secret in ("xyzzy", "plugh"))


def test_models_and_their_prices_come_from_the_file_or_as_json(tmp_path: Path) -> None:
    (tmp_path / "byline.toml").write_text('models = ["openai:a", "local"]\n[prices]\n"openai:a" = [1.25, 10, 0.125]\n')
    config = read(environ={}, folder=tmp_path)
    assert (config.models, config.prices) == (("openai:a", "local"), {"openai:a": (1.25, 10, 0.125)})
    environ = {"BYLINE_MODELS": '["local"]', "BYLINE_PRICES": '{"openai:a": [1, 2]}'}
    config = read(environ=environ, folder=tmp_path)
    assert (config.models, config.prices["openai:a"].cached) == (("local",), None)


@pytest.mark.parametrize(
    ("environ", "told"),
    [
        ({"BYLINE_MODELS": "local"}, "BYLINE_MODELS cannot be used: it is no JSON"),
        ({"BYLINE_PRICES": '{"openai:a": ["dear", 2]}'}, "BYLINE_PRICES cannot be used"),
        ({"BYLINE_MODELS": '"local"'}, "BYLINE_MODELS cannot be used"),
    ],
)
def test_models_and_prices_that_cannot_be_used_are_named(tmp_path: Path, environ: dict[str, str], told: str) -> None:
    with pytest.raises(SettingInvalid, match=told):
        read(environ=environ, folder=tmp_path)
