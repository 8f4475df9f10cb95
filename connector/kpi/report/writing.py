"""A template and a report → text. Sandboxed and strict; what is wrong in a template is told with its line.

Ours are `template/report.md` and `template/report.html`. One of an admin's own gets ``report`` (see
`connector.kpi.report.content.Report`) and nothing else.
"""

import re
import traceback
from importlib.resources import files
from typing import Literal

from jinja2 import StrictUndefined, TemplateSyntaxError, UndefinedError
from jinja2.loaders import FunctionLoader
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from connector.kpi.report.content import Report

Format = Literal["md", "html"]

_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|~])")


class BadTemplate(ValueError):
    """The template cannot be used; the text says file, line, what, and the way out."""


def own_template(format_: Format) -> str:
    """The template that comes with the connector."""
    return files("connector.kpi.report").joinpath(f"template/report.{format_}").read_text("utf-8")


def written(report: Report, format_: Format, template: str | None = None, name: str = "") -> str:
    """The report as Markdown or HTML. ``template``: text of one of an admin's own, ``name`` its file.

    Raises `BadTemplate`.
    """
    source = own_template(format_) if template is None else template
    place = name or f"report.{format_}"
    environment = ImmutableSandboxedEnvironment(
        loader=FunctionLoader(lambda wanted: (source, place, lambda: True) if wanted == "report" else None),
        undefined=StrictUndefined,
        autoescape=format_ == "html",
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_for_markdown if format_ == "md" else None,
    )
    try:
        return environment.get_template("report").render(report=report)
    except TemplateSyntaxError as error:
        raise BadTemplate(f"{place}:{error.lineno}: {error.message}; {_WAY_OUT}") from None
    except UndefinedError as error:
        raise BadTemplate(
            f"{place}:{_line(error, place)}: {error.message}; a template gets report, with "
            f"{', '.join(_FIELDS)}; {_WAY_OUT}"
        ) from None
    except Exception as error:  # noqa: BLE001 (a template can fail in any way, and it is not our code)
        said = error.args[0] if isinstance(error, KeyError) and error.args else error
        raise BadTemplate(f"{place}:{_line(error, place)}: {said}; {_WAY_OUT}") from None


_WAY_OUT = "desk-connector report --show-template prints one that works"
_FIELDS = (*Report.__dataclass_fields__, "part(key)")


def _for_markdown(value: object) -> object:
    """Text is text in Markdown, too: its signs are taken literally, and it stays on its line."""
    if isinstance(value, Markup) or not isinstance(value, str):
        return value
    return _MARKDOWN.sub(r"\\\1", " ".join(value.splitlines()))


def _line(error: BaseException, place: str) -> int:
    """The line of the template at which it failed."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == place]
    return lines[-1] or 1 if lines else 1
