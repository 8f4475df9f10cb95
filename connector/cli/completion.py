"""``completion``: a script for the shell, so that TAB completes verbs, options and files."""

import argparse

from connector.cli.exit import DONE

SUMMARY = "print the script with which a shell completes verbs, options and files"
SHELLS = ("bash", "zsh", "fish", "tcsh")
FILES = frozenset({"config", "log", "template", "output"})
"""Names of arguments that are files."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The shell."""
    parser.add_argument("shell", choices=SHELLS, help="whose script")
    parser.epilog = (
        "bash, for this user:\n"
        "  desk-connector completion bash > ~/.local/share/bash-completion/completions/desk-connector\n"
        "zsh, into a folder of $fpath:\n"
        "  desk-connector completion zsh > ~/.zfunc/_desk-connector\n"
        "fish:\n"
        "  desk-connector completion fish > ~/.config/fish/completions/desk-connector.fish"
    )


def run(args: argparse.Namespace) -> int:
    """Print it."""
    import shtab

    from connector.cli import whole_parser

    parser = whole_parser()
    for each in _parsers(parser):
        for action in each._actions:
            if action.dest in FILES and not action.choices and action.nargs != 0:
                action.complete = shtab.FILE  # type: ignore[attr-defined]
    print(shtab.complete(parser, args.shell))
    return DONE


def _parsers(parser: argparse.ArgumentParser) -> list[argparse.ArgumentParser]:
    found = [parser]
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for below in action.choices.values():
                found += _parsers(below)
    return found
