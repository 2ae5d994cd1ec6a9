"""The looks of the page as Gradio has them: paper and ink, one accent, and one font; CJK has those of the machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gradio.themes import Base

SANS = (
    *("Inter", "ui-sans-serif", "system-ui", "Segoe UI", "Noto Sans"),
    *("PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "sans-serif"),
)
MONO = ("ui-monospace", "Consolas", "monospace")

# From light to dark, as Gradio counts them: 50, 100 to 900, 950.
PAPER = (
    *("#fbfaf6", "#f4f1ea", "#e7e2d8", "#d5cec1", "#a69d8f", "#7b7367", "#5d564c", "#454038", "#2c2924"),
    *("#1f1d19", "#171512"),
)
ACCENT = (
    *("#fdf4ef", "#fae5da", "#f5cbb7", "#f2b092", "#e88d63", "#c45a2c", "#a03c19", "#863115", "#6b2812"),
    *("#4f1e0e", "#331308"),
)


# Gradio's names for colours and sizes, and what the page has for them; `_dark` is for the dark scheme.
SETTINGS = {
    "body_background_fill": "*neutral_50",
    "body_background_fill_dark": "*neutral_950",
    "body_text_color": "*neutral_900",
    "body_text_color_dark": "*neutral_100",
    "body_text_color_subdued": "*neutral_600",
    "body_text_color_subdued_dark": "*neutral_400",
    "background_fill_primary": "*neutral_50",
    "background_fill_primary_dark": "*neutral_950",
    "background_fill_secondary": "*neutral_100",
    "background_fill_secondary_dark": "*neutral_900",
    "block_background_fill": "transparent",
    "block_background_fill_dark": "transparent",
    "block_border_width": "0px",
    "block_padding": "0",
    "block_shadow": "none",
    "block_title_text_color": "*neutral_600",
    "block_title_text_color_dark": "*neutral_300",
    "border_color_primary": "*neutral_200",
    "border_color_primary_dark": "*neutral_800",
    "border_color_accent": "*primary_600",
    "border_color_accent_dark": "*primary_300",
    "color_accent": "*primary_600",
    "link_text_color": "*primary_600",
    "link_text_color_dark": "*primary_300",
    "link_text_color_hover": "*primary_700",
    "link_text_color_hover_dark": "*primary_200",
    "link_text_color_visited": "*primary_600",
    "link_text_color_visited_dark": "*primary_300",
    "input_background_fill": "#fffefb",
    "input_background_fill_dark": "*neutral_900",
    "input_border_width": "1px",
    "input_border_color": "*neutral_400",
    "input_border_color_dark": "*neutral_600",
    "input_border_color_focus": "*primary_600",
    "input_border_color_focus_dark": "*primary_300",
    "input_placeholder_color": "*neutral_600",
    "input_placeholder_color_dark": "*neutral_400",
    "button_border_width": "1px",
    "button_secondary_background_fill": "transparent",
    "button_secondary_background_fill_hover": "*neutral_100",
    "button_secondary_background_fill_hover_dark": "*neutral_800",
    "button_secondary_background_fill_dark": "transparent",
    "button_secondary_border_color": "*neutral_300",
    "button_secondary_border_color_dark": "*neutral_700",
    "button_secondary_text_color": "*neutral_800",
    "button_secondary_text_color_dark": "*neutral_100",
    "button_primary_background_fill": "*primary_600",
    "button_primary_background_fill_hover": "*primary_700",
    "button_primary_background_fill_dark": "*primary_300",
    "button_primary_background_fill_hover_dark": "*primary_200",
    "button_primary_border_color": "*primary_600",
    "button_primary_border_color_dark": "*primary_300",
    "button_primary_text_color": "#fffdf9",
    "button_primary_text_color_dark": "*neutral_950",
}


def theme() -> Base:
    """The theme that `style.css` builds on: it takes its colours from here by Gradio's names for them."""
    from gradio.themes import Base, Color

    built = Base(
        primary_hue=Color(*ACCENT, name="accent"),
        secondary_hue=Color(*ACCENT, name="accent"),
        neutral_hue=Color(*PAPER, name="paper"),
        font=SANS,
        font_mono=MONO,
    )
    return built.set(**SETTINGS)
