"""Fits the judge: `byline fit judge --data DIR`; with `--measure` it only reports.

The encoder is trained first. It goes on where it was stopped (`--work FOLDER`), is seeded, and takes about three hours
on two cores, half of that with `--bf16` where the processor multiplies in it, less on a GPU. `--shipped` begins with
the weights that ship. The weights are written in int8. Beside them stand the calibration and a report on sources that
were left out.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.training import judge_report
from bot.training.encoder import LABELS, RATE, WORK, learn, shipped
from bot.training.judge_data import JudgedPair, training
from bot.training.rows import TEXT, Field
from bot.training.task import Task

FIELDS = {"premise": TEXT, "claim": TEXT, "label": Field(str, LABELS)}


def train(task: Task) -> str:
    """Trains, exports, calibrates and reports; or reports on the judge that ships."""
    parser = argparse.ArgumentParser(prog="byline fit judge", add_help=False)
    parser.add_argument("--work", type=Path, default=WORK, help="where the checkpoints are")
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--batches", type=int, help="at most so many, for a quicker training")
    parser.add_argument("--shipped", action="store_true", help="go on from the weights that ship")
    parser.add_argument("--rate", type=float, default=RATE, help=f"the highest rate of learning, {RATE} if not given")
    parser.add_argument("--bf16", action="store_true", help="compute in bfloat16")
    parser.add_argument("--share", type=float, default=1.0, help="of the trained weights in the mean")
    asked = parser.parse_args(task.options)
    if not task.measure:
        pairs = [*training(task.sets), *map(own_pair, task.rows)]
        begin = shipped() if asked.shipped else None
        learn(pairs, asked.work, asked.epochs, asked.batches, begin=begin, highest=asked.rate, bf16=asked.bf16)
        judge_report.export(asked.work, task.out, asked.share)
    return judge_report.calibrated(task)


def own_pair(row: Mapping[str, Any]) -> JudgedPair:
    """The pair of a person's own row."""
    return JudgedPair("entailment", "byline", row["premise"], row["claim"], row["label"])
