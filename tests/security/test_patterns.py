"""No regular expression of Byline takes more than bounded work, whatever text it is held against."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.security.patterns import found, hostile

ROOT = Path(__file__).parents[2]
TIMES = 40  # of a repeated part: enough for work that grows exponentially, which no limit on sizes would bound
SECONDS = 60  # of the processor, for all patterns together; they take a sixth of it
PROGRAM = """
import re, resource, sys
from tests.security.patterns import found, hostile
resource.setrlimit(resource.RLIMIT_CPU, ({seconds}, {seconds}))
for each in found():
    pattern = re.compile(each.pattern, each.flags)
    print(each.module, repr(each.pattern), flush=True)
    for text in hostile(each.pattern, each.flags, {times}):
        pattern.search(text)
"""


def searched() -> subprocess.CompletedProcess[str]:
    program = PROGRAM.format(seconds=SECONDS, times=TIMES)
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, timeout=500)


def test_every_pattern_ends_on_texts_that_are_hostile_to_it() -> None:
    done = searched()
    assert done.returncode == 0, f"the last pattern took too long: {done.stdout.splitlines()[-1:]}"
    assert len(done.stdout.splitlines()) > 300


def test_the_patterns_of_all_modules_are_found() -> None:
    modules = {each.module for each in found()}
    assert {
        "index.text.sentence",
        "index.byline.dates",
        "bot.classifiers.injection",
        "bot.answering.write.draft",
        "bot.render.html.prose",
    } <= modules


def test_a_text_that_is_hostile_to_a_pattern_is_found() -> None:
    """Without that, nothing of the above would say anything."""
    assert any("a" * 20 in text and text.endswith(("\0", "!")) for text in hostile(r"(a+)+$", 0, 40))
    assert any("ab" * 5 in text for text in hostile(r"x(?:ab|c)*\Z", 0, 40))
