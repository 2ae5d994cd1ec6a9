"""The commands about models: the local language model, and the embedder and the judge as a service."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from bot.cli import terminal
from bot.cli.options import AsJson, ModelSpec
from bot.cli.output import say, say_json
from bot.cli.serve import Everybody, Host, on_loopback
from bot.config import Config, read
from bot.errors import ModelMissing, ModelUnknown, ShownError, UsageError

if TYPE_CHECKING:
    from bot.evaluate.model_check import ModelCheck

app = typer.Typer(
    help="Fetch, list, check and remove language models; serve the embedder and the judge.",
    rich_markup_mode=None,
    no_args_is_help=True,
)

PORT = 7861  # of the service; one further than the page's


class UnguardedModels(UsageError):
    def __init__(self, config: Config) -> None:
        super().__init__(
            f"Everybody who reaches {config.host} could use the models. Set a key in BYLINE_SERVICE_KEY; replicas send "
            "it from BYLINE_EMBEDDER_KEY and BYLINE_JUDGE_KEY. If everybody may, say so with `--open`."
        )


class NotRemoved(UsageError):
    def __init__(self, name: str) -> None:
        super().__init__(f"{name} stays. Nobody can be asked here; say with `--yes` that it is to be deleted.")


class NothingToCheck(UsageError):
    def __init__(self) -> None:
        super().__init__("There is no language model to check. Name one with --model, such as openai:gpt-5-mini.")


class NotChecked(ShownError):
    def __init__(self, model: str, count: int, reason: str) -> None:
        super().__init__(f"{count} questions got no answer of {model}, and nothing is kept. {reason}")


@dataclass(frozen=True, slots=True)
class ModelLine:
    """A model of this machine."""

    model: str  # as `--model` takes it
    missing: str | None  # what it lacks and the remedy, or None
    default: bool  # whether it is taken where none is named
    size: int | None = None  # bytes
    path: str | None = None
    source: str | None = None  # hf:OWNER/REPO/FILE


@app.command("pull")
def pull_model(
    source: Annotated[
        str | None,
        typer.Argument(metavar="[hf:OWNER/REPO/FILE]", help="A GGUF file of a model hub; the default model without."),
    ] = None,
    name: Annotated[
        str | None, typer.Option(metavar="NAME", help="Its name here; by default the file's, without `.gguf`.")
    ] = None,
) -> None:
    """Fetch a model, once. Without a name it is the default one, of 1.1 GB."""
    from bot.model.hub import fetch
    from bot.model.pull import installed, pull

    config = read()
    if source is None and name is not None:
        raise UsageError("The default model has its own name. Leave out --name, or name a file of a hub.")
    if source is None and (path := installed()):
        say(f"The local model is here: {path}")
        return
    with terminal.progress(in_bytes=True) as tell:
        if source is None:
            path = pull(tell, hub=config.hub_url, token=config.hub_token)
        else:
            path = fetch(source, tell, name=name, hub=config.hub_url, token=config.hub_token)
    if source is None:
        say(f"The local model is now here: {path}")
    else:
        say(f"{path.stem} is here: {path}\nUse it with `--model gguf:{path.stem}`.")


@app.command("list")
def list_models(as_json: AsJson = False) -> None:
    """The models of this machine, and which is the default. Others are named `provider:name`."""
    lines = list(_lines(read()))
    if as_json:
        say_json([asdict(line) for line in lines])
        return
    width = max(len(line.model) for line in lines)
    for line in lines:
        mark = "default" if line.default else ""
        size = f"{line.size / 1e9:.1f} GB" if line.size else ""
        told = line.missing or " ".join(filter(None, (line.path, line.source and f"({line.source})"))) or "ready"
        terminal.show((f"{line.model:{width}}  ", terminal.MARK), (f"{mark:8}{size:>8}  ", ""), (told, ""))


def _lines(config: Config) -> Iterator[ModelLine]:
    """The models of this machine; last a default that is not among them, such as a provider's."""
    from bot.model.chain import EXTRACTIVE
    from bot.model.files import found
    from bot.model.pull import QWEN, installed
    from bot.model.spec import gguf_path

    path, lacks = installed(), missing("local")
    default = config.model.split(",")[0].strip() if config.model else "local" if lacks is None else EXTRACTIVE
    lines = [ModelLine("local", lacks, default == "local", QWEN.size if path else None, str(path) if path else None)]
    for each in found():
        if each.path != path:
            spec = f"gguf:{each.name}"
            source = each.origin.source if each.origin else None
            chosen = gguf_path(default) == each.path
            lines.append(ModelLine(spec, missing(spec), chosen, each.size, str(each.path), source))
    lines.append(ModelLine(EXTRACTIVE, None, default == EXTRACTIVE))
    yield from lines
    if not any(line.default for line in lines):
        yield ModelLine(default, missing(default, config.model_url, config.model_key), True)


@app.command("check")
def check_model(
    model: ModelSpec = None,
    jobs: Annotated[int, typer.Option(min=1, max=16, metavar="N", help="Questions asked side by side.")] = 1,
    as_json: AsJson = False,
) -> None:
    """Ask a model twenty-four questions about the shipped articles, to see which writer it can be.

    The advice is kept, and `writer = "auto"` follows it.
    """
    from bot.model.writers import keep

    config = replace(read({"model": model}), writer="citing")
    found = _checked(config, jobs)
    kept = keep(found.checked(date.today()))
    if as_json:
        say_json({**asdict(found), "right": found.right, "refused": found.refused, "cites": found.cites})
        return
    _show_check(found)
    say(f'Kept in {kept}. `writer = "auto"` follows it; `byline ask --model …` uses it from now on.')


def _checked(config: Config, jobs: int) -> ModelCheck:
    """The results for the model of the settings. Raises NothingToCheck, NotChecked."""
    from bot.cli.evaluate.target import about
    from bot.config import shipped
    from bot.evaluate.model_check import counted
    from bot.evaluate.pool import ask_all
    from bot.evaluate.read import read_suite
    from bot.evaluate.run import run
    from bot.evaluate.target import of_bot
    from bot.evaluate.types import Verdict

    suite = read_suite(shipped("prompts") / "check" / "model.yaml")
    with about(config, suite.articles) as bot, terminal.progress() as tell:
        if bot.extractive:
            raise NothingToCheck
        target = of_bot(bot)
        outcomes, stop = ask_all(
            suite.cases,
            lambda case, time, cancel: run(case, target, cancel, time=time),
            lambda _, done: tell(f"Asking {bot.model}", done, len(suite.cases)),
            jobs=jobs,
        )
        if stop:
            raise stop
        broken = [each.results[0].obstacle for each in outcomes if each.verdict is Verdict.BROKEN]
        if broken:
            raise NotChecked(bot.model, len(broken), str(broken[0]))
        return counted(bot.model, outcomes, bot.usage)


def _show_check(found: ModelCheck) -> None:
    from bot.evaluate.model_check import ANSWERS, REFUSES

    terminal.show((f"{'questions':16}{'asked':>7}{'right':>7}{'cited':>7}{'refused':>9}", terminal.MARK))
    for each in found.kinds:
        terminal.show((f"{each.kind:16}{each.asked:7}{each.right:7}{each.cited:7}{each.refused:9}", ""))
    usage = found.usage
    say(f"{usage.read + usage.cached:,} tokens read, {usage.written:,} written, {found.seconds:.1f} s an answer")
    if found.cites:
        say(f"{found.model} can be a citing writer: it answers from the articles, cites them, and refuses.")
    else:
        say(
            f"{found.model} is better as a small writer: {found.right:.0%} of the questions with an answer are right "
            f"({ANSWERS:.0%} needed), and {found.refused:.0%} of the others are refused ({REFUSES:.0%} needed)."
        )


@app.command("remove")
def remove_model(
    name: Annotated[str, typer.Argument(metavar="NAME", help="As `byline model list` has it; `local` is the default.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Delete a model's file and what an interrupted fetch left of it, after asking."""
    from bot.model.files import ModelNameMissing, path_of
    from bot.model.pull import parts, place, remove_at, size_of

    path = place() if name == "local" else path_of(name.removeprefix("gguf:"))
    left = parts(path)
    if not left:
        raise ModelNameMissing(name)
    shown = ", ".join(map(str, left))
    if not yes and not terminal.interactive():
        raise NotRemoved(name)
    if not yes and not typer.confirm(f"Delete {shown} ({sum(map(size_of, left)) / 1e9:.1f} GB)?", err=True):
        say("Nothing was deleted.")
        return
    remove_at(path)
    say(f"Deleted {shown}")


@app.command("serve")
def serve_models(
    host: Host = None,
    port: Annotated[int, typer.Option(min=0, max=65535, metavar="PORT", help="0 takes any free one.")] = PORT,
    embedder: Annotated[str | None, typer.Option(metavar="NAME", help="Default all-MiniLM-L6-v2.")] = None,
    precision: Annotated[
        Literal["float32", "bfloat16", "int8"] | None, typer.Option(help="That of the index; default by the processor.")
    ] = None,
    judge: Annotated[str | None, typer.Option(metavar="NAME", help="Default the one that comes along.")] = None,
    everybody: Everybody = None,
) -> None:
    """The embedder and the judge for many replicas: see `embedder_url` and `judge_url`."""
    from bot.inference.models import Models
    from bot.inference.server import serve

    flags = {"host": host, "embedder": embedder, "precision": precision, "judge": judge}
    config = read(flags)
    if not (config.service_key or everybody or on_loopback(config.host)):
        raise UnguardedModels(config)
    serve(Models.of(config.embedder, config.precision, config.judge), config.host, port, config.service_key)


def missing(spec: str, url: str | None = None, key: str | None = None) -> str | None:
    """The reason why a model cannot be used, and how to mend it; None where it can. `url`, `key` are a provider's."""
    from bot.model import open_model

    try:
        open_model(spec, url=url, key=key)
    except (ModelMissing, ModelUnknown) as error:
        return str(error)
    return None
