"""``man``: the manual page, made from the parsers, so that it says what this version takes."""

import argparse
import re
from collections.abc import Iterator

from connector.cli.exit import DONE, EXITS

SUMMARY = "print the manual page, for man"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Nothing."""
    parser.epilog = (
        "to read it:     desk-connector man | man -l -\n"
        "to install it:  desk-connector man > /usr/local/share/man/man1/desk-connector.1"
    )


def run(args: argparse.Namespace) -> int:
    """Print it."""
    print(page())
    return DONE


def page() -> str:
    """The page in the macros of man(7)."""
    from connector import __version__
    from connector.cli import VERBS, parser_of, verb

    lines = [
        f'.TH DESK\\-CONNECTOR 1 "" "desk\\-connector {__version__}" "User Commands"',
        ".SH NAME",
        "desk\\-connector \\- attaches service\\-desk policies to a ServiceNow instance",
        ".SH SYNOPSIS",
        ".B desk\\-connector",
        "VERB \\&...",
        ".SH DESCRIPTION",
        "Polls the tickets of an instance, judges each against the policies of its desk,",
        "plans what the records should say, and writes it where a policy is enforced.",
        "The configuration is one TOML file; without a name it is",
        ".IR config.toml .",
        ".SH VERBS",
    ]
    for name in VERBS:
        lines += [".TP", f".B {_plain(name)}", _plain(verb(name).SUMMARY)]
    for name in VERBS:
        lines += [f'.SH "{_plain(name.upper())}"', *_of(parser_of(name))]
    lines += [".SH EXIT STATUS"]
    for code, text in EXITS.items():
        lines += [".TP", f".B {code}", _plain(text)]
    for title, rows in (("FILES", _FILES), ("ENVIRONMENT", _ENVIRONMENT)):
        lines.append(f".SH {title}")
        for name, text in rows:
            lines += [".TP", f".I {_plain(name)}", _plain(text)]
    return "\n".join(lines)


_FILES = (
    ("config.toml", "the configuration; desk-connector schema --example prints one to begin with"),
    ("config.sqlite", "the local store: a cache and the journal; [store] path names another"),
    ("config.lock", "held while a connector works with the store"),
    ("config.brake, config.pause, config.retired", "what keeps it from writing, from asking, from starting"),
)
_ENVIRONMENT = (
    ("NAME, NAME_FILE", 'where a secret { env = "NAME" } is looked for'),
    ("CREDENTIALS_DIRECTORY", "folder in which secrets are looked for by name, as systemd fills it"),
    ("HTTPS_PROXY, NO_PROXY", "the way to the instance, unless [instance] proxy says another"),
    ("COLUMNS", "width of tables that go into a file or a pipe"),
)


def _of(parser: argparse.ArgumentParser) -> Iterator[str]:
    """One verb: how it is called, then each argument; of a verb in parts, each part."""
    usage = " ".join(parser.format_usage().split()).removeprefix("usage: ")
    yield ".nh"
    yield ".PP"
    yield f".B {_plain(usage)}"
    yield ".hy"
    if parser.description:
        yield ".PP"
        yield _plain(parser.description)
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, below in action.choices.items():
                yield f'.SS "{_plain(name)}"'
                yield from _of(below)
        elif action.dest != "help":
            formatter = parser._get_formatter()
            yield ".TP"
            yield f".B {_plain(formatter._format_action_invocation(action))}"
            yield _plain(formatter._expand_help(action) if action.help else "")
    if parser.epilog:
        yield ".PP"
        yield ".nf"
        yield from (_plain(line) for line in parser.epilog.splitlines())
        yield ".fi"


def _plain(text: str) -> str:
    """Text that no macro is made of."""
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq")
    text = re.sub(r"[^\x00-\x7f]", lambda found: f"\\[u{ord(found[0]):04X}]", text)
    return f"\\&{text}" if text.startswith(".") else text
