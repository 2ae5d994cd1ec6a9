"""The users file, and the commands that change it."""

from __future__ import annotations

import json
import os
import pty
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from bot.users import (
    NameUnusable,
    PasswordUnusable,
    Role,
    User,
    UserMissing,
    Users,
    UsersUnusable,
    hashed,
    verified,
)

PASSWORD = "four quite plain words"


@pytest.fixture
def users(tmp_path: Path) -> Users:
    return Users(tmp_path / "users.json")


def test_a_user_is_let_in_with_their_password_and_no_other(users: Users) -> None:
    users.put("Ada", Role.EDITOR, PASSWORD)
    assert users.check("ada ", PASSWORD) == User("ada", Role.EDITOR)
    assert users.check("ada", PASSWORD + " ") is None
    assert users.check("ada", "") is None
    assert users.check("bob", PASSWORD) is None


def test_a_name_that_is_not_there_costs_a_hash_too(users: Users, monkeypatch: pytest.MonkeyPatch) -> None:
    import hashlib

    users.put("ada", Role.READER, PASSWORD)
    costs, scrypt = [], hashlib.scrypt

    def counted(*parts, **named):  # type: ignore[no-untyped-def]
        costs.append((named["n"], named["r"], named["p"]))
        return scrypt(*parts, **named)

    monkeypatch.setattr(hashlib, "scrypt", counted)
    users.check("ada", "wrong password")
    users.check("nobody", "wrong password")
    assert len(costs) == 2
    assert costs[0] == costs[1]


def test_the_file_holds_no_password_and_is_for_nobody_else(users: Users) -> None:
    users.put("ada", Role.READER, PASSWORD)
    assert PASSWORD not in users.path.read_text()
    assert stat.S_IMODE(users.path.stat().st_mode) == 0o600
    assert [each.name for each in users.path.parent.iterdir()] == [users.path.name]
    one, other = hashed(PASSWORD), hashed(PASSWORD)
    assert one != other
    assert verified(PASSWORD, one)
    assert verified(PASSWORD, other)


def test_what_another_process_changes_is_heeded_at_once(users: Users) -> None:
    users.put("ada", Role.READER, PASSWORD)
    key = users.key
    other = Users(users.path)
    other.put("ada", Role.EDITOR)
    assert users.check("ada", PASSWORD) == User("ada", Role.EDITOR)
    other.remove("ada")
    assert users.check("ada", PASSWORD) is None
    assert users.key == key


@pytest.mark.parametrize("name", ["", " ", "a b", "x" * 65, "a\nb", "a\x00", "a\u202eb"])
def test_a_name_that_nobody_could_tell_from_another_is_refused(users: Users, name: str) -> None:
    with pytest.raises(NameUnusable):
        users.put(name, Role.READER, PASSWORD)


def test_what_cannot_be_is_said(users: Users) -> None:
    with pytest.raises(UsersUnusable, match="No such file"):
        users.accounts()
    with pytest.raises(PasswordUnusable):
        users.put("ada", Role.READER, "short")
    with pytest.raises(UserMissing):
        users.put("ada", Role.READER)
    users.put("ada", Role.READER, PASSWORD)
    with pytest.raises(UserMissing):
        users.remove("bob")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"key": "", "users": {}}',
        json.dumps({"key": "00" * 32, "users": {"a": {"role": "reader", "password": "plain"}}}),
        json.dumps({"key": "00" * 32, "users": {"a": {"role": "king", "password": hashed(PASSWORD)}}}),
    ],
)
def test_a_file_that_is_none_lets_nobody_in(users: Users, text: str) -> None:
    users.path.write_text(text)
    with pytest.raises(UsersUnusable):
        users.check("a", "plain")


def byline(*arguments: str, given: str = "", folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot", "users", *arguments],
        input=given,
        capture_output=True,
        text=True,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)},
    )


def test_users_are_added_changed_listed_and_removed(tmp_path: Path) -> None:
    added = byline("add", "ada", "--role", "editor", given=PASSWORD + "\n", folder=tmp_path)
    assert (added.stdout, added.returncode) == ("Added ada, editor, in users.json\n", 0)
    users = Users(tmp_path / "users.json")
    assert users.check("ada", PASSWORD) == User("ada", Role.EDITOR)
    again = byline("add", "ada", given="another long password\n", folder=tmp_path)
    assert again.stdout == "Changed ada, editor, in users.json\n"
    assert users.check("ada", "another long password") == User("ada", Role.EDITOR)
    byline("add", "ada", "--role", "reader", "--keep-password", folder=tmp_path)
    assert users.check("ada", "another long password") == User("ada", Role.READER)
    listed = byline("list", "--json", folder=tmp_path)
    assert json.loads(listed.stdout) == [{"name": "ada", "role": "reader"}]
    assert byline("add", "bob", given="short\n", folder=tmp_path).returncode == 2
    assert byline("remove", "ada", folder=tmp_path).returncode == 0
    assert byline("remove", "ada", folder=tmp_path).returncode == 2
    assert "scrypt" not in listed.stdout


def test_a_password_that_is_typed_is_not_shown(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "users", "add", "ada"],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)},
    )
    os.close(theirs)
    shown = b""
    for prompt in (b"Password: ", b"Once more: "):
        while not shown.endswith(prompt):
            shown += os.read(ours, 1024)
        os.write(ours, PASSWORD.encode() + b"\n")
    assert process.wait(30) == 0
    shown += os.read(ours, 1024)
    os.close(ours)
    assert PASSWORD.encode() not in shown
    assert Users(tmp_path / "users.json").check("ada", PASSWORD)
