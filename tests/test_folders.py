"""Which files of a folder are read, when one is read again, and what is said at the end of each."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.errors import SourceMissing, UsageError
from index.load import files, read, stamps
from index.types import Article, Failure, Outcome, Reading, Stamp, Visit, Walk
from tests import documents


def made(folder: Path, tree: Mapping[str, str]) -> Path:
    for name, text in tree.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def visited(*sources: Path) -> list[str]:
    visits = [each for each in read(sources) if isinstance(each, Visit) and each.source != each.root]
    return [str(Path(each.source).relative_to(sources[0])) for each in visits]


# --- Excludes ----------------------------------------------------------------------------------------------------

TREE = dict.fromkeys(
    ("a.md", "b.txt", "old/a.md", "old/b.txt", "sub/a.md", "sub/old/a.md", "sub/keep/a.md", "sub/keep/b.txt"), "Text."
)
EXCLUDES = [
    ({}, set(TREE)),
    ({".gitignore": "*.txt"}, {"a.md", "old/a.md", "sub/a.md", "sub/old/a.md", "sub/keep/a.md"}),
    ({".bylineignore": "*.txt"}, {"a.md", "old/a.md", "sub/a.md", "sub/old/a.md", "sub/keep/a.md"}),
    ({".gitignore": "old/"}, {"a.md", "b.txt", "sub/a.md", "sub/keep/a.md", "sub/keep/b.txt"}),
    ({".gitignore": "/old/"}, set(TREE) - {"old/a.md", "old/b.txt"}),
    ({".gitignore": "/a.md"}, set(TREE) - {"a.md"}),
    ({".gitignore": "sub/*.md"}, set(TREE) - {"sub/a.md"}),
    ({".gitignore": "sub/**/*.md"}, set(TREE) - {"sub/a.md", "sub/old/a.md", "sub/keep/a.md"}),
    # the last rule that fits decides; nothing in an excluded folder is taken back
    ({".gitignore": "*.md\n!a.md"}, set(TREE)),
    ({".gitignore": "!a.md\n*.md"}, {"b.txt", "old/b.txt", "sub/keep/b.txt"}),
    (
        {".gitignore": "sub/*\n!sub/keep/"},
        {"a.md", "b.txt", "old/a.md", "old/b.txt", "sub/keep/a.md", "sub/keep/b.txt"},
    ),
    ({".gitignore": "sub/\n!sub/keep/"}, {"a.md", "b.txt", "old/a.md", "old/b.txt"}),
    # one that stands deeper, and Byline's own, have the last word
    ({".gitignore": "*.txt", "sub/.gitignore": "!b.txt"}, set(TREE) - {"b.txt", "old/b.txt"}),
    ({"sub/.gitignore": "/a.md"}, set(TREE) - {"sub/a.md"}),
    ({".gitignore": "*.txt", ".bylineignore": "!b.txt"}, set(TREE)),
    ({".bylineignore": "sub", "sub/.gitignore": "!a.md"}, {"a.md", "b.txt", "old/a.md", "old/b.txt"}),
    # what is no rule is none
    (
        {".gitignore": "\ufeff# *.md\n\n!\n\\\n*.txt \r\n"},
        {"a.md", "old/a.md", "sub/a.md", "sub/old/a.md", "sub/keep/a.md"},
    ),
]


@pytest.mark.parametrize(("rules", "expected"), EXCLUDES)
def test_what_rules_exclude_is_passed_over(tmp_path: Path, rules: dict[str, str], expected: set[str]) -> None:
    assert set(visited(made(tmp_path, {**TREE, **rules}))) == expected


PART = st.sampled_from(["a", "b", "ab", "*", "?", "a*", "*b", "[ab]", "[!a]", "**", "a.md", "*.md", "?.md"])
RULE = st.builds(
    lambda negated, rooted, parts, folder: f"{negated}{rooted}{'/'.join(parts)}{folder}\n",
    st.sampled_from(["", "!"]),
    st.sampled_from(["", "/"]),
    st.lists(PART, min_size=1, max_size=3).filter(lambda parts: parts.count("**") < 2),
    st.sampled_from(["", "/"]),
)
NAMES = ("a.md", "b.md", "a/a.md", "a/b.md", "b/a.md", "a/b/a.md", "b/a/b.md", "ab/ab.md", "ab/a/b.md", "a/ab/a.md")


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(above=st.lists(RULE, max_size=4), below=st.lists(RULE, max_size=3))
def test_rules_are_read_as_git_reads_them(tmp_path: Path, above: list[str], below: list[str]) -> None:
    made(tmp_path, {**dict.fromkeys(NAMES, "Text."), ".gitignore": "".join(above), "a/.gitignore": "".join(below)})
    environment = {"PATH": os.environ["PATH"], "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    git = ["git", "-C", str(tmp_path)]
    subprocess.run([*git, "init", "-q"], check=True, env=environment)
    listed = subprocess.run(
        [*git, "ls-files", "--others", "--exclude-standard"],
        check=True,
        env=environment,
        capture_output=True,
        text=True,
    ).stdout.split()
    assert set(visited(tmp_path)) == {name for name in listed if name.endswith(".md")}


def test_the_parts_of_a_saved_page_are_passed_over(tmp_path: Path) -> None:
    names = ("The ferry.html", "The ferry_files/ad.html", "other_files/a.md", "The ferry_files.md")
    made(tmp_path, dict.fromkeys(names, "<p>Text.</p>"))
    assert sorted(visited(tmp_path)) == ["The ferry.html", "The ferry_files.md", "other_files/a.md"]


def test_a_file_that_is_named_is_read_whatever_the_rules_say(tmp_path: Path) -> None:
    made(tmp_path, {".gitignore": "*", "a.md": "Text."})
    assert [each for each in read([tmp_path / "a.md"]) if isinstance(each, Failure)] == []
    (said,) = [each for each in read([tmp_path]) if isinstance(each, Failure)]
    assert "excluded by .gitignore or .bylineignore" in said.reason


# --- Links, names and what stands in the way ---------------------------------------------------------------------


def test_links_are_followed_and_each_file_is_read_once(tmp_path: Path) -> None:
    made(tmp_path, {"root/a.md": "Text.", "root/sub/b.md": "Text.", "other/c.md": "Text."})
    root = tmp_path / "root"
    (root / "same.md").symlink_to(root / "a.md")
    (root / "sub" / "up").symlink_to(root)
    (root / "sub" / "self").symlink_to("self")
    (root / "again").symlink_to(root / "sub")
    (root / "other").symlink_to(tmp_path / "other")
    sources = [each.source for each in read([root, root / "sub", root / "again" / "b.md"]) if isinstance(each, Visit)]
    assert sorted(sources) == [str(tmp_path / name) for name in ("other/c.md", "root/a.md", "root/sub/b.md")]


def test_two_folders_that_link_to_each_other_have_an_end(tmp_path: Path) -> None:
    made(tmp_path, {f"{name}/{name}.md": "Text." for name in "abcdefgh"})
    for one in "abcdefgh":
        for other in "abcdefgh":
            (tmp_path / one / f"to-{other}").symlink_to(tmp_path / other)
    assert len(visited(tmp_path)) == 8


def deep(folder: Path) -> Path:
    """A folder so deep that the system does not list it by its whole path."""
    above = Path.cwd()
    try:
        os.chdir(folder)
        for _ in range(20):
            Path("d" * 240).mkdir()
            os.chdir("d" * 240)
    finally:
        os.chdir(above)
    return folder


def test_a_folder_that_cannot_be_listed_is_a_failure_and_no_end_of_its_root(tmp_path: Path) -> None:
    made(tmp_path, {"a.md": "Text.", "z.md": "Text."})
    found = list(read([deep(tmp_path)]))
    assert [type(each) for each in found] == [Article, Visit, Article, Visit, Failure, Visit]
    assert isinstance(found[-2], Failure)
    assert "It cannot be read: File name too long." in found[-2].reason


def test_rules_that_cannot_be_read_stand_in_the_way_of_their_folder(tmp_path: Path) -> None:
    made(tmp_path, {"a.md": "Text.", "sub/b.md": "Text."})
    (tmp_path / "sub" / ".gitignore").symlink_to("/proc/self/mem")
    found = list(read([tmp_path]))
    assert [type(each) for each in found] == [Article, Visit, Failure, Visit]


def test_a_name_that_is_no_text_is_a_failure(tmp_path: Path) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.md")).write_text("Text.")
    name = f"{tmp_path}/caf?.md"
    assert list(read([tmp_path])) == [
        Failure(name, "Its name is not valid Unicode. Rename it."),
        Visit(name, str(tmp_path), Outcome.FAILED),
        Walk(str(tmp_path)),
    ]


@pytest.mark.parametrize("source", ["ftp://a.example/b", "file:///etc/passwd", "mailto:a@b.example", "javascript:1"])
def test_only_http_and_https_are_read(source: str) -> None:
    with pytest.raises(UsageError, match="http:// or https://"):
        read([source])


def test_what_is_there_is_read_whatever_its_name_looks_like(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(made(tmp_path, {"note:one.md": "Text."}))
    assert visited(tmp_path) == ["note:one.md"]
    assert isinstance(next(iter(read(["note:one.md"]))), Article)
    with pytest.raises(SourceMissing):
        read(["none.md"])


# --- Visits ------------------------------------------------------------------------------------------------------


class Memory:
    """What the last run left: the stamps of sources."""

    def __init__(self) -> None:
        self.stamps: dict[str, Stamp] = {}

    def run(self, *sources: Path) -> list[Reading]:
        found = list(read(sources, known=self.stamps.get))
        self.stamps |= {each.source: each.stamp for each in found if isinstance(each, Visit)}
        return found

    def outcomes(self, *sources: Path) -> dict[str, Outcome]:
        return {Path(each.source).name: each.outcome for each in self.run(*sources) if isinstance(each, Visit)}


def aged(path: Path, seconds: float = 60) -> Path:
    """The file, last changed so long ago. Where the system notes the change of that too, time has to pass."""
    before = time.time() - seconds
    os.utime(path, (before, before))
    return path


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are trusted as soon as the clock has moved on."""
    monkeypatch.setattr(files, "_SETTLED", 0)


def test_after_the_articles_of_a_source_comes_its_visit_and_after_a_root_its_walk(tmp_path: Path) -> None:
    path = documents.jsonl(made(tmp_path, {"b.md": "Text."}) / "a.jsonl", {"text": "One"}, {"text": "Two"})
    found = list(read([tmp_path, path]))
    assert [type(each) for each in found] == [Article, Article, Visit, Article, Visit, Walk]
    visits = [each for each in found if isinstance(each, Visit)]
    assert [(each.source, each.root) for each in visits] == [
        (str(tmp_path / "a.jsonl"), str(tmp_path)),
        (str(tmp_path / "b.md"), str(tmp_path)),
    ]
    assert found[-1] == Walk(str(tmp_path))


@pytest.mark.usefixtures("settled")
def test_a_file_that_is_as_it_was_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    memory = Memory()
    made(tmp_path, {"a.md": "Text.", "b.md": "Text."})
    time.sleep(0.02)
    assert set(memory.outcomes(tmp_path).values()) == {Outcome.READ}
    monkeypatch.setattr(files.hashed, "opened", lambda path: pytest.fail(f"{path} was opened"))  # type: ignore[attr-defined]
    assert [type(each) for each in memory.run(tmp_path)] == [Visit, Visit, Walk]
    assert set(memory.outcomes(tmp_path).values()) == {Outcome.UNCHANGED}


@pytest.mark.usefixtures("settled")
def test_a_file_of_another_time_and_the_same_bytes_is_unchanged(tmp_path: Path) -> None:
    memory = Memory()
    path = made(tmp_path, {"a.md": "Text."}) / "a.md"
    time.sleep(0.02)
    memory.run(path)
    before = memory.stamps[str(path)]
    aged(path, -60)
    time.sleep(0.02)
    assert memory.outcomes(path) == {"a.md": Outcome.UNCHANGED}
    after = memory.stamps[str(path)]
    assert (after.size, after.hash) == (before.size, before.hash)
    aged(path)
    time.sleep(0.02)
    assert memory.outcomes(path) == {"a.md": Outcome.UNCHANGED}
    assert memory.stamps[str(path)].touched is not None
    assert memory.stamps[str(path)].touched != before.touched


@pytest.mark.usefixtures("settled")
def test_a_file_of_another_size_or_other_bytes_is_read(tmp_path: Path) -> None:
    memory = Memory()
    path = made(tmp_path, {"a.md": "Text."}) / "a.md"
    for text in ("Text too.", "Text two."):
        memory.run(path)
        path.write_text(text)
        (article, visit, _) = memory.run(path)
        assert isinstance(article, Article)
        assert isinstance(visit, Visit)
        assert (article.text, visit.outcome) == (text, Outcome.READ)


def test_a_change_within_the_clock_of_the_last_visit_is_not_missed(tmp_path: Path) -> None:
    """Size and time are the same, as where a clock is coarse: only the bytes tell."""
    memory = Memory()
    path = made(tmp_path, {"a.md": "Text one."}) / "a.md"
    times = path.stat()
    memory.run(path)
    path.write_text("Text two.")
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    (article, *_) = memory.run(path)
    assert isinstance(article, Article)
    assert article.text == "Text two."
    assert memory.stamps[str(path)].touched is None


@pytest.mark.usefixtures("settled")
def test_another_file_put_in_the_place_with_its_time_is_read(tmp_path: Path) -> None:
    """As unpacking an archive does, whose files all bear one time."""
    memory = Memory()
    path = aged(made(tmp_path, {"a.md": "Text one."}) / "a.md")
    memory.run(path)
    time.sleep(0.02)
    other = made(tmp_path, {"b.md": "Text two."}) / "b.md"
    os.utime(other, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns))
    other.replace(path)
    assert memory.outcomes(path) == {"a.md": Outcome.READ}


@pytest.mark.usefixtures("settled")
def test_all_is_read_again_where_byline_reads_in_another_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    memory = Memory()
    made(tmp_path, {"a.md": "Text."})
    time.sleep(0.02)
    memory.run(tmp_path)
    monkeypatch.setattr(stamps, "READING", stamps.READING + 1)
    assert memory.outcomes(tmp_path) == {"a.md": Outcome.READ}
    assert memory.outcomes(tmp_path) == {"a.md": Outcome.UNCHANGED}


@pytest.mark.usefixtures("settled")
def test_what_failed_is_said_at_every_visit(tmp_path: Path) -> None:
    memory = Memory()
    made(tmp_path, {"a.md": "", "b.jsonl": '{"text": "One"}\n{\n', "c.jsonl": "{\n"})
    for _ in range(2):
        found = memory.run(tmp_path)
        assert sum(isinstance(each, Failure) for each in found) == 3
        assert [(each.outcome, each.stamp) for each in found if isinstance(each, Visit)] == [
            (Outcome.FAILED, Stamp()),
            (Outcome.READ, Stamp()),
            (Outcome.FAILED, Stamp()),
        ]
        assert isinstance(found[-1], Walk)


@pytest.mark.parametrize("size", [0, 1, 2_000_000])
def test_the_hash_is_that_of_the_whole_file(tmp_path: Path, size: int) -> None:
    import hashlib

    data = b'{"text": "One"}\n' + b" " * size
    (tmp_path / "a.jsonl").write_bytes(data)
    (visit,) = [each for each in read([tmp_path / "a.jsonl"]) if isinstance(each, Visit)]
    assert visit.stamp.hash == f"{stamps.READING}:{hashlib.sha256(data).hexdigest()}"


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(-1, 40))))
def test_the_hash_does_not_depend_on_how_a_file_is_read(steps: list[tuple[int, int]]) -> None:
    import hashlib
    import tempfile

    data = bytes(range(50))
    with tempfile.NamedTemporaryFile() as written:
        written.write(data)
        written.flush()
        with files.hashed.opened(written.name) as file:  # type: ignore[attr-defined]
            for place, length in steps:
                file.seek(place)
                assert file.read(length) == (data[place:] if length < 0 else data[place : place + length])
            assert file.hash() == hashlib.sha256(data).hexdigest()
            assert file.read() == data


# --- How much there is -------------------------------------------------------------------------------------------


def test_what_goes_by_is_what_was_weighed(tmp_path: Path) -> None:
    made(tmp_path, {**TREE, "many.jsonl": '{"text": "One of many."}\n' * 1000, ".hidden.md": "Not counted."})
    first: list[int] = []
    readings = list(read([tmp_path, tmp_path / "a.md"], progress=first.append))
    assert sum(first) == files.weigh([tmp_path, tmp_path / "a.md"]) > 20_000  # type: ignore[operator]
    stamps = {each.source: each.stamp for each in readings if isinstance(each, Visit)}
    again: list[int] = []
    assert {
        each.outcome for each in read([tmp_path], known=stamps.get, progress=again.append) if isinstance(each, Visit)
    } == {Outcome.UNCHANGED}
    assert sum(again) == sum(first)


def test_nobody_knows_how_much_an_address_holds(tmp_path: Path) -> None:
    assert files.weigh([tmp_path, "http://news.example/"]) is None
