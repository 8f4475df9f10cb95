"""SVG as text: elements, escaped; a picture with a title and a description that a screen reader reads.

Colours are classes, so that a page can turn dark; a picture that stands alone brings its own (`alone`).
Widths are made for a phone: `WIDTH` units across, eleven high letters.
"""

from typing import NamedTuple

from markupsafe import Markup, escape

from connector.kpi.indicator import Words

WIDTH, HEAD = 400, 30
"""Of a picture; and how much higher one is that stands alone, for its title."""

LIGHT = {
    "ink": "#1b2430", "soft": "#5b6776", "rule": "#dde2e8", "paper": "#ffffff", "plain": "#8b98a8",
    "good": "#0b7a6b", "bad": "#c4481a", "wait": "#c99a2e", "accent": "#2457b8",
    "tier1": "#7fa6e0", "tier2": "#2f62b5", "tier3": "#14306b", "tier0": "#a9b3bf",
}  # fmt: skip
DARK = {
    "ink": "#e8edf3", "soft": "#9aa7b6", "rule": "#333e4b", "paper": "#161d26", "plain": "#76859a",
    "good": "#35b8a3", "bad": "#f0824f", "wait": "#e3bb5a", "accent": "#7ba6f5",
    "tier1": "#a8c6f4", "tier2": "#5f93e6", "tier3": "#3566bf", "tier0": "#667384",
}  # fmt: skip
"""Tone → colour. Good and bad are told apart by any kind of eye, and by shape or word beside the colour."""

FONTS = '"Noto Sans CJK SC", "Noto Sans SC", "PingFang SC", "Microsoft YaHei", "Segoe UI", Arial, sans-serif'


class Chart(NamedTuple):
    """A picture, and the same in a table."""

    id: str
    title: Words
    desc: str
    """What the picture shows, in a sentence of each language."""
    width: int
    height: int
    inside: Markup
    heads: tuple[Words, ...]
    rows: tuple[tuple[str, ...], ...]
    """As wide as the heads."""
    note: Words | None = None
    """How it is counted, or why there is nothing."""

    @property
    def svg(self) -> Markup:
        """The picture for a page, which brings the colours."""
        return tag(
            "svg",
            tag("title", f"{self.title.zh} {self.title.en}", id=f"{self.id}-title"),
            tag("desc", self.desc, id=f"{self.id}-desc"),
            self.inside,
            xmlns="http://www.w3.org/2000/svg",
            viewBox=f"0 0 {self.width} {self.height}",
            role="img",
            aria_labelledby=f"{self.id}-title {self.id}-desc",
        )

    def alone(self) -> str:
        """A file of its own: on white paper, its title on top."""
        rules = "".join(
            f".{tone}{{fill:{colour}}}.s-{tone}{{stroke:{colour};fill:none}}"
            for tone, colour in LIGHT.items()
        )
        style = tag("style", Markup(f"text{{font-family:{FONTS};fill:{LIGHT['ink']}}}{rules}"))
        paper = tag("rect", class_="paper", width=self.width, height=self.height + HEAD)
        head = text(self.title, 8, 20, size=13, bold=True)
        inside = style + paper + head + tag("g", self.inside, transform=f"translate(0 {HEAD})")
        taller = self._replace(height=self.height + HEAD, inside=inside)
        return f'<?xml version="1.0" encoding="UTF-8"?>\n{taller.svg}\n'


def tag(name: str, *inside: object, **attributes: object) -> Markup:
    """An element; ``class_`` is class, other underscores are hyphens, None leaves an attribute out."""
    told = "".join(
        f' {key.removesuffix("_").replace("_", "-")}="{escape(_text(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    body = "".join(escape(one) for one in inside)
    return Markup(f"<{name}{told}>{body}</{name}>" if body else f"<{name}{told}/>")


def _text(value: object) -> str:
    return number(value) if isinstance(value, float) else str(value)


def number(value: float) -> str:
    """A coordinate: two decimals at most, no ``-0``."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def text(words: object, x: float, y: float, *, size: float = 11, anchor: str = "", tone: str = "ink",
         bold: bool = False) -> Markup:  # fmt: skip
    """A line of text; of `Words` both languages, each marked so that a page can show one of them."""
    inside = both(words) if isinstance(words, Words) else escape(words)
    return tag(
        "text", inside, x=float(x), y=float(y), font_size=float(size),
        text_anchor=anchor or None, class_=tone, font_weight=600 if bold else None,
    )  # fmt: skip


def both(words: Words) -> Markup:
    """Chinese, then English."""
    return tag("tspan", words.zh, lang="zh", class_="zh") + tag(
        "tspan", f" {words.en}", lang="en", class_="en"
    )


def rect(x: float, y: float, width: float, height: float, tone: str, radius: float = 0) -> Markup:
    """A filled box; nothing where it has no extent."""
    if width <= 0 or height <= 0:
        return Markup()
    return tag(
        "rect", x=float(x), y=float(y), width=float(width), height=float(height), class_=tone,
        rx=float(radius) if radius else None,
    )  # fmt: skip


def rule(x1: float, y1: float, x2: float, y2: float, tone: str, width: float = 1, dash: str = "") -> Markup:
    """A straight line."""
    return tag(
        "line", x1=float(x1), y1=float(y1), x2=float(x2), y2=float(y2), class_=f"s-{tone}",
        stroke_width=float(width), stroke_dasharray=dash or None,
    )  # fmt: skip


def legend(entries: list[tuple[Words, str]], y: float, left: float = 8) -> Markup:
    """Coloured squares with words, one row; each takes the width of its words."""
    drawn, x = Markup(), left
    for words, tone in entries:
        drawn += rect(x, y - 8, 9, 9, tone, 2) + text(words, x + 13, y, size=10, tone="soft")
        x += 13 + width_of(f"{words.zh} {words.en}", 10) + 12
    return drawn


def width_of(said: str, size: float) -> float:
    """About how wide a text is: an ideograph as wide as high, other letters a little over half."""
    return sum(size if ord(letter) > 0x2E7F else 0.56 * size for letter in said)
