"""The parameters of a Table API call, read leniently: empty values count as absent, booleans in any case."""

from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qsl

DEFAULT_LIMIT = 10000


@dataclass(frozen=True, slots=True)
class Parameters:
    """What a call asks for.  `pairs` are the name-value pairs, `sent` is everything as sent."""

    query: str = ""
    fields: tuple[str, ...] = ()
    limit: int = DEFAULT_LIMIT
    offset: int = 0
    display: str = "false"
    links: bool = True
    count: bool = True
    paging: bool = True
    input_display: bool = False
    stamps: bool = True
    everywhere: bool = False
    tiny: str = ""
    view: str = ""
    pairs: tuple[tuple[str, str], ...] = ()
    sent: tuple[tuple[str, str], ...] = ()


@lru_cache(maxsize=256)
def parameters(query: str) -> Parameters:
    """Read a query string.

    A limit that is no number or less than 1 counts as the default of 10,000, a negative offset as 0; what an
    instance does with them is not recorded.
    """
    sent = parse_qsl(query, keep_blank_values=True)
    given = {name: value for name, value in sent if value}
    fields = (name.strip() for name in given.get("sysparm_fields", "").split(","))
    display = given.get("sysparm_display_value", "false").lower()
    return Parameters(
        query=given.get("sysparm_query", ""),
        fields=tuple(name for name in fields if name),
        limit=_number(given.get("sysparm_limit"), DEFAULT_LIMIT, least=1),
        offset=_number(given.get("sysparm_offset"), 0, least=0),
        display=display if display in {"true", "all"} else "false",
        links=not _flag(given, "sysparm_exclude_reference_link"),
        count=not _flag(given, "sysparm_no_count"),
        paging=not _flag(given, "sysparm_suppress_pagination_header"),
        input_display=_flag(given, "sysparm_input_display_value"),
        stamps=not _flag(given, "sysparm_suppress_auto_sys_field"),
        everywhere=_flag(given, "sysparm_query_no_domain"),
        tiny=given.get("sysparm_tiny", ""),
        view=given.get("sysparm_view", ""),
        pairs=tuple((name, value) for name, value in sent if not name.startswith("sysparm_")),
        sent=tuple(sent),
    )


def _flag(given: dict[str, str], name: str) -> bool:
    return given.get(name, "").lower() == "true"


def _number(text: str | None, default: int, *, least: int) -> int:
    try:
        number = int(text) if text else default
    except ValueError:
        return default
    return number if number >= least else default
