"""How templates of ours become HTML: escaped, and an error where a name is unknown."""

from jinja2 import Environment, PackageLoader, StrictUndefined


def html_of(package: str) -> Environment:
    """The templates in the folder ``template`` of a package."""
    return Environment(
        loader=PackageLoader(package, "template"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
