"""An example or two of each command, shown at the end of its help."""

from __future__ import annotations

import typer

EXAMPLES: dict[str, tuple[str, ...]] = {
    "index": ("byline index ~/articles https://news.example/feed.xml", "byline index ~/articles --prune"),
    "search": ('byline search "nuclear warheads" --since 2020-01-01',),
    "ask": ('byline ask "How many warheads does China have?"', 'byline ask "The arms talks" --as timeline --json'),
    "chat": ("byline chat", "byline chat --store data/mine --empty", "byline chat --host 0.0.0.0 --auth users.json"),
    "serve": ("byline serve --host 0.0.0.0 --auth users.json",),
    "mcp": ("byline mcp --store data/store",),
    "verify": ("byline verify draft.docx --markdown", 'byline verify "China had 320 warheads in January 2020."'),
    "model check": ("byline model check --model openai:gpt-5-mini --jobs 4",),
    "eval": ("byline eval prompts/eval/time.yaml", "byline eval prompts.yaml --baseline before.json --json now.json"),
    "draft": ("byline draft --output drafts.yaml", "byline draft --from-feedback --output drafts.yaml"),
    "feedback": ("byline feedback",),
    "gaps": ("byline gaps",),
    "fit": ("byline fit comparison", "byline fit decomposition --rows mine.jsonl --out mine.safetensors"),
    "doctor": ("byline doctor", "byline doctor --deep"),
    "articles": ("byline articles", "byline articles show ID"),
    "articles show": ("byline articles show ID --json",),
    "articles remove": ("byline articles remove ID", "byline articles remove ID --purge"),
    "articles history": ("byline articles history ID",),
    "collection add": ("byline collection add press ID ID", 'byline collection add press --outlet "Global Times"'),
    "collection list": ("byline collection list",),
    "collection remove": ("byline collection remove press ID", "byline collection remove press"),
    "keys create": ('byline keys create "press office" --role reader --collection press',),
    "keys list": ("byline keys list",),
    "keys revoke": ("byline keys revoke ID",),
    "slack": ("byline slack", "byline slack --http 127.0.0.1:3000"),
    "slack manifest": ("byline slack manifest > manifest.json",),
    "slack key": ("byline slack key",),
    "watch add": ('byline watch add "What does China say about arms control?" --every weekly',),
    "watch list": ("byline watch list",),
    "watch pause": ("byline watch pause ID",),
    "watch resume": ("byline watch resume ID",),
    "watch remove": ("byline watch remove ID",),
    "watch run": ("byline watch run", "byline watch run --all --json"),
    "history": ("byline history",),
    "history show": ("byline history show ID",),
    "history export": ("byline history export ID --format html --output chat.html",),
    "history delete": ("byline history delete ID", "byline history delete --all"),
    "model pull": ("byline model pull", "byline model pull hf:OWNER/REPO", "byline model pull hf:OWNER/REPO/FILE.gguf"),
    "model list": ("byline model list",),
    "model remove": ("byline model remove NAME",),
    "model serve": ("byline model serve --host 127.0.0.1 --port 8001",),
    "store backup": ("byline store backup articles.backup",),
    "store migrate": ("byline store migrate", "byline store migrate --from data/store"),
    "store restore": ("byline store restore articles.backup --store data/other",),
    "users add": ("byline users add ada --role editor --file users.json",),
    "users remove": ("byline users remove ada --file users.json",),
    "users list": ("byline users list --file users.json",),
}


def show_examples(app: typer.Typer, within: str = "") -> None:
    """Ends the help of each command with its examples."""
    for command in app.registered_commands:
        name = command.name or (command.callback.__name__ if command.callback else "")
        command.epilog = _epilog(f"{within} {name}".strip())
    for group in app.registered_groups:
        if group.typer_instance:
            name = f"{within} {group.name}".strip()
            group.epilog = _epilog(name)
            show_examples(group.typer_instance, name)


def _epilog(name: str) -> str | None:
    examples = EXAMPLES.get(name)
    return "\b\nExample:\n" + "\n".join(f"  {each}" for each in examples) if examples else None
