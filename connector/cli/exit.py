"""Exceptions become exit codes here and nowhere else; `EXITS` says what each means."""

import os
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

DONE, FORESEEN, SETTINGS, REFUSED, TO_DO = 0, 1, 2, 3, 4
UNFORESEEN, INTERRUPTED, READER_GONE = 70, 130, 141

EXITS: Mapping[int, str] = {
    DONE: "done",
    FORESEEN: "a foreseen failure: the instance, the network or the store did not do what was asked",
    SETTINGS: "the configuration or the command line is wrong; nothing was sent",
    REFUSED: "a person must decide first",
    TO_DO: "what was shown is still to be done",
    UNFORESEEN: "a defect of ours, with a report to paste",
    INTERRUPTED: "interrupted",
    READER_GONE: "the reader of our output went away",
}
"""Exit code → what it means, for every verb."""

_TELLING = re.compile(r"PASS|SECRET|TOKEN|KEY|CREDENTIAL", re.IGNORECASE)
_SIGNED = re.compile(r"(?i)\b(basic|bearer)\s+[\w+/=.~-]{6,}|(?<=://)[^/\s@]+:[^/\s@]+(?=@)")
_PARTS = ("desk-policy-connector", "pydantic", "pysnow", "requests", "SQLAlchemy", "holidays", "tzdata")


def guarded(work: Callable[[], int], *, config: str = "", as_json: bool = False) -> int:
    """Run a verb; whatever it raises becomes a message on standard error and an exit code.

    ``config`` is the file to name in the way out. ``as_json``: programs read our output, so that an error is
    a document there too: ``{"error", "problems", "exit"}``.
    """
    from connector.cli.terminal import lenient
    from connector.errors import ConnectorError, GatewayError, Refused, SettingsError

    def failed(code: int, *problems: str, before: str = "", after: str = "") -> int:
        problems = tuple(without_secrets(problem, os.environ) for problem in problems)
        if as_json:
            _as_json(code, problems)
        return _said(before + "\n".join(problems) + after, code)

    lenient()
    try:
        code = work()
        sys.stdout.flush()
    except SystemExit as end:  # argparse has said what it had to say
        return end.code if isinstance(end.code, int) else SETTINGS if end.code else DONE
    except KeyboardInterrupt:
        return _said("interrupted", INTERRUPTED)
    except BrokenPipeError:
        # Python flushes once more at its end; that must not complain about a reader we know has gone.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return READER_GONE
    except SettingsError as error:
        return failed(SETTINGS, *error.problems)
    except Refused as error:
        return failed(REFUSED, str(error), before="refused: ")
    except ConnectorError as error:
        closer = f"to look closer: desk-connector check {config} --instance".replace("  ", " ")
        if config and not Path(config).exists():  # only `init` comes so far without one
            closer = f"{config} was not written: look at the address and the account; --offline asks nothing"
        after = f"\n{closer}" if isinstance(error, GatewayError) else ""
        return failed(FORESEEN, str(error) or type(error).__name__, before="error: ", after=after)
    except Exception as error:  # noqa: BLE001 (the one place where nothing may pass)
        if as_json:
            _as_json(UNFORESEEN, [without_secrets(f"{type(error).__name__}: {error}", os.environ)])
        return _said(report(error, os.environ), UNFORESEEN)
    return code


def _as_json(code: int, problems: Sequence[str]) -> None:
    from connector.cli.terminal import print_json

    print_json({"error": "\n".join(problems), "problems": list(problems), "exit": code})


def report(error: BaseException, environment: Mapping[str, str]) -> str:
    """What to paste into a bug report: versions and the traceback, without secrets."""
    import platform  # here, because only a defect needs them
    import traceback

    told = "".join(traceback.format_exception(error)).rstrip()
    lines = [f"{name} {_version(name)}" for name in _PARTS]
    text = "\n".join(
        [
            "This should not have happened. Nothing is lost: the next pass reads the records again.",
            "Please report it with the text between the lines.",
            "-" * 72,
            f"arguments: {' '.join(sys.argv[1:2])} …",
            f"Python {platform.python_version()} on {platform.system()} {platform.release()}",
            ", ".join(lines),
            "",
            told,
            "-" * 72,
        ]
    )
    return without_secrets(text, environment)


def without_secrets(text: str, environment: Mapping[str, str]) -> str:
    """The text without what looks like a secret, here or in the environment."""
    read = sys.modules.get("connector.settings.secret")  # if it is not imported, no secret was read
    if read is not None:
        text = read.without_known(text)
    text = _SIGNED.sub("***", text)
    for name, value in environment.items():
        if _TELLING.search(name) and len(value) >= 4 and not name.endswith(("_FILE", "_DIRECTORY")):
            text = text.replace(value, "***")
    return text


def _version(name: str) -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def _said(text: str, code: int) -> int:
    print(text, file=sys.stderr)
    return code
