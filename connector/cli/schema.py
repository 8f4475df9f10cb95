"""``schema``: what the configuration may hold, for editors and for the reference page."""

import argparse

SUMMARY = "the JSON schema of the configuration for editors, or its reference page"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Nothing for the schema, --markdown and --coverage for the pages."""
    page = parser.add_mutually_exclusive_group()
    page.add_argument("--markdown", action="store_true", help="docs/reference.md instead of JSON schema")
    page.add_argument(
        "--coverage", action="store_true", help="docs/coverage.md: each clause and what carries it out"
    )
    page.add_argument(
        "--example", action="store_true", help="a whole configuration with comments, to begin with"
    )
    parser.epilog = (
        "editors: desk-connector schema > config.schema.json, and as the first line of config.toml\n"
        "  #:schema ./config.schema.json"
    )


def run(args: argparse.Namespace) -> int:
    """Print one of them."""
    from connector.cli.example import example_path
    from connector.cli.terminal import print_json
    from connector.settings.coverage import coverage_page
    from connector.settings.manual import reference_page, schema

    if args.example:
        print(example_path().read_text(encoding="utf-8"), end="")
    elif args.markdown:
        print(reference_page(), end="")
    elif args.coverage:
        print(coverage_page(), end="")
    else:
        print_json(schema(), indent=2)
    return 0
