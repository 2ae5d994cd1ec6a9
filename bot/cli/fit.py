"""The command that fits a model again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.output import say


def fit(
    context: typer.Context,
    model: Annotated[str, typer.Argument(metavar="MODEL", help="judge, intent, injection, follow-up, comparison, ...")],
    rows: Annotated[
        Path | None, typer.Option("--rows", metavar="FILE", help="Rows of your own, in JSON Lines, beside the shipped.")
    ] = None,
    data: Annotated[
        Path | None, typer.Option("--data", metavar="DIR", help="The measuring sets, on which most are fitted, too.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="The file to write; default one in this folder.")
    ] = None,
    ship: Annotated[bool, typer.Option("--ship", help="Write the file that ships with Byline.")] = False,
    measure: Annotated[bool, typer.Option("--measure", help="Measure the shipped model, and write nothing.")] = False,
) -> None:
    """Fits a model again and says how well it does on rows that were held out.

    Needs Byline's repository and the extra `train`. docs/fitting.md says what there is to fit.
    """
    from bot.training.fits import fit as fitted

    report, place = fitted(model, rows, data, out, context.args, ship=ship, measure=measure)
    say(report)
    if not measure:
        say(f"Written to {place}.", error=True)


# What is not known here is an option of the fit: see the page.
fit.context_settings = {"allow_extra_args": True, "ignore_unknown_options": True}  # type: ignore[attr-defined]
