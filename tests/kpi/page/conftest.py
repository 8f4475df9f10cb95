"""The page of the invented desk, made once, and what a real browser says of it, asked once."""

import json
import os
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from connector.kpi.figure import Figures
from connector.kpi.page.page import page
from tests.browser import Browser, find_browser
from tests.kpi.page.month import figures

WIDTHS = (1280, 390)
PICTURES = (
    ("scorecard", 0, 1280, 1530),
    ("scorecard-charts", 1510, 1280, 1290),
    ("scorecard-phone", 0, 390, 1240),
)
"""Name, pixels from the top of the page, width and height of what the documentation shows."""
_PROBE = """<!DOCTYPE html><meta charset="utf-8"><style>iframe{border:0;display:block}</style>
%(frames)s<pre id="told"></pre><script>
function look(frame, language) {
  const page = frame.contentDocument;
  page.getElementById(language).checked = true;
  const crossed = [], outside = [];
  for (const svg of page.querySelectorAll("figure svg")) {
    const paper = svg.viewBox.baseVal, boxes = [];
    for (const text of svg.querySelectorAll("text")) {
      const box = text.getBBox();
      if (!box.width) continue;
      if (box.x < -0.5 || box.x + box.width > paper.width + 0.5 || box.y + box.height > paper.height + 1)
        outside.push(svg.querySelector("title").textContent + ": " + text.textContent);
      for (const [other, its] of boxes) {
        const wide = Math.min(box.x + box.width, its.x + its.width) - Math.max(box.x, its.x);
        const tall = Math.min(box.y + box.height, its.y + its.height) - Math.max(box.y, its.y);
        if (wide > 1 && tall > 4) crossed.push(other + " / " + text.textContent);
      }
      boxes.push([text.textContent, box]);
    }
  }
  const shown = text => getComputedStyle(text).display !== "none";
  return {
    width: frame.clientWidth, content: page.documentElement.scrollWidth, outside, crossed,
    chinese: [...page.querySelectorAll(".zh")].filter(shown).length,
    english: [...page.querySelectorAll(".en")].filter(shown).length,
    pictures: [...page.querySelectorAll("figure svg")].filter(svg =>
      svg.getBoundingClientRect().height > 40).length,
    smallest: Math.min(...[...page.querySelectorAll("figure svg text")].map(text =>
      parseFloat(text.getAttribute("font-size")) * text.closest("svg").getBoundingClientRect().width / 400)),
    coloured: getComputedStyle(page.querySelector("svg .good")).fill,
    tall: page.documentElement.scrollHeight,
  };
}
addEventListener("load", () => {
  const told = [];
  for (const frame of document.querySelectorAll("iframe"))
    for (const language of ["both", "only-zh", "only-en"]) told.push({language, ...look(frame, language)});
  document.getElementById("told").textContent = JSON.stringify(told);
});
</script>"""

_VIEW = """<!DOCTYPE html><body style="margin:0;overflow:hidden"><iframe src="page.html"
style="position:absolute;border:0;top:-{top}px;width:{width}px;height:{tall}px"></iframe>"""


class Seen(NamedTuple):
    """What the browser found, by width and language, and the page as it prints."""

    looks: list[dict[str, Any]]
    pdf: bytes


@pytest.fixture(scope="session")
def look() -> Figures:
    """March 2026 of the invented desk."""
    return figures()


@pytest.fixture(scope="session")
def made(look: Figures) -> str:
    """Its page."""
    return page(look)


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Browser:
    """Chromium, or a loud skip."""
    return find_browser(tmp_path_factory.mktemp("browser"))


@pytest.fixture(scope="session")
def seen(browser: Browser, made: str, tmp_path_factory: pytest.TempPathFactory) -> Seen:
    """One look at every width, one print; with DESK_PICTURES the pictures for the documentation."""
    folder = tmp_path_factory.mktemp("page")
    file = folder / "page.html"
    file.write_text(made, encoding="utf-8")
    frames = "".join(f'<iframe src="page.html" width="{w}" height="900"></iframe>' for w in WIDTHS)
    (folder / "probe.html").write_text(_PROBE % {"frames": frames}, encoding="utf-8")
    dom = browser.run("--dump-dom", (folder / "probe.html").as_uri())
    told = dom.split('<pre id="told">', 1)[1].split("</pre>", 1)[0]
    browser.run(f"--print-to-pdf={folder / 'page.pdf'}", "--no-pdf-header-footer", file.as_uri())
    if where := os.environ.get("DESK_PICTURES"):
        for name, top, width, height in PICTURES:
            view = folder / f"{name}.html"
            view.write_text(_VIEW.format(top=top, width=width, tall=top + height), encoding="utf-8")
            target = Path(where).resolve() / f"{name}.png"
            target.parent.mkdir(parents=True, exist_ok=True)
            browser.run(f"--screenshot={target}", f"--window-size={width},{height}", view.as_uri())
    return Seen(
        json.loads(told.replace("&lt;", "<").replace("&amp;", "&")), (folder / "page.pdf").read_bytes()
    )
