"""The users file, and the commands that change it."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import pty
import stat
import subprocess
import sys
import unicodedata
from base64 import b64encode
from pathlib import Path

import pytest

from bot.auth.users import (
    LONGEST,
    PasswordUnusable,
    Role,
    User,
    UserMissing,
    UserNameUnusable,
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
    from argon2 import extract_parameters

    users.put("ada", Role.READER, PASSWORD)
    costs = []

    def counted(password: str, kept: str) -> bool:
        costs.append(extract_parameters(kept))
        return verified(password, kept)

    monkeypatch.setattr("bot.auth.users.verified", counted)
    users.check("ada", "wrong password")
    users.check("nobody", "wrong password")
    assert len(costs) == 2
    assert costs[0] == costs[1]


def before(users: Users) -> str:
    """Writes the file as an earlier Byline did; what it kept of PASSWORD."""
    digest = hashlib.scrypt(PASSWORD.encode(), salt=bytes(16), n=2**15, r=8, p=3, maxmem=2**27, dklen=32)
    kept = f"scrypt$32768$8$3${b64encode(bytes(16)).decode()}${b64encode(digest).decode()}"
    users.path.write_text(json.dumps({"key": "00" * 32, "users": {"ada": {"role": "editor", "password": kept}}}))
    return kept


def test_a_hash_of_an_earlier_byline_lets_in_and_is_renewed_with_the_sign_in(users: Users) -> None:
    kept = before(users)
    assert users.check("ada", "wrong password") is None
    assert users.accounts()["ada"].password == kept
    assert users.check("ada", PASSWORD) == User("ada", Role.EDITOR)
    renewed = users.accounts()["ada"].password
    assert renewed.startswith("$argon2id$")
    assert users.check("ada", PASSWORD) == User("ada", Role.EDITOR)
    assert users.accounts()["ada"].password == renewed
    assert users.check("ada", "wrong password") is None


def test_a_hash_that_cannot_be_renewed_still_lets_in(users: Users, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = before(users)
    monkeypatch.setattr("bot.auth.users.NamedTemporaryFile", _full)
    assert users.check("ada", PASSWORD) == User("ada", Role.EDITOR)
    assert users.accounts()["ada"].password == kept


def _full(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_password_is_the_same_however_it_is_typed(users: Users) -> None:
    users.put("ada", Role.READER, "zwölf Äpfel im Korb")
    assert users.check("ada", unicodedata.normalize("NFD", "zwölf Äpfel im Korb"))
    users.put("ada", Role.READER, "x" * LONGEST)
    assert users.check("ada", "x" * LONGEST)
    assert users.check("ada", "\udc00 half a pair") is None


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
    with pytest.raises(UserNameUnusable):
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
    renamed = byline("add", "ADA", "--role", "reader", "--keep-password", folder=tmp_path)
    assert renamed.stdout == "Changed ada, reader, in users.json\n"
    listed = byline("list", "--json", folder=tmp_path)
    assert json.loads(listed.stdout) == [{"name": "ada", "role": "reader"}]
    assert byline("add", "bob", given="short\n", folder=tmp_path).returncode == 2
    assert byline("remove", "ada", folder=tmp_path).returncode == 0
    assert byline("remove", "ada", folder=tmp_path).returncode == 2
    assert "argon2" not in listed.stdout


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
    for prompt in (b"Password of at least 10 characters: ", b"Once more: "):
        while not shown.endswith(prompt):
            shown += os.read(ours, 1024)
        os.write(ours, PASSWORD.encode() + b"\n")
    assert process.wait(60) == 0
    shown += os.read(ours, 1024)
    os.close(ours)
    assert PASSWORD.encode() not in shown
    assert Users(tmp_path / "users.json").check("ada", PASSWORD)
