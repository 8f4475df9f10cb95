"""``schema``: what the configuration may hold, for editors and for the reference page."""

import argparse

SUMMARY = "the JSON schema of the configuration for editors, or its reference page"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Nothing for the schema, --markdown for the page."""
    parser.add_argument("--markdown", action="store_true", help="docs/reference.md instead of JSON schema")
    parser.epilog = (
        "editors: desk-connector schema > config.schema.json, and as the first line of config.toml\n"
        "  #:schema ./config.schema.json"
    )


def run(args: argparse.Namespace) -> int:
    """Print one or the other."""
    from connector.cli.terminal import print_json
    from connector.settings.manual import reference_page, schema

    if args.markdown:
        print(reference_page(), end="")
    else:
        print_json(schema(), indent=2)
    return 0
