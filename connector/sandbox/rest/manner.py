"""How this instance speaks where releases differ or the sources are silent (platform facts, section 9)."""

from dataclasses import dataclass, field


def _choice(default: object, label: str) -> object:
    return field(default=default, metadata={"label": label})


@dataclass(slots=True)
class Manner:
    """Switches of the REST face; each may be changed at any time."""

    detail_first: bool = _choice(False, "errors print detail before message, as older releases do")  # type: ignore[assignment]
    negative_prev: bool = _choice(True, "the first page has a prev link with a negative offset")  # type: ignore[assignment]
    not_authenticated: str = _choice("User Not Authenticated", "message of a 401")  # type: ignore[assignment]
    too_large: int = _choice(413, "status of a body over glide.rest.max_content_length")  # type: ignore[assignment]
    longest_url: int = _choice(8192, "bytes of path and query beyond which the answer is 414")  # type: ignore[assignment]
    threads: int = _choice(4, "requests that a node's API_INT semaphore lets run at once")  # type: ignore[assignment]
    queue: int = _choice(50, "requests that may wait before that semaphore; more are 429")  # type: ignore[assignment]
    rate_flush: int = _choice(30, "seconds between the moments when requests are counted against rate rules")  # type: ignore[assignment]
    visible_after: float = _choice(0.0, "seconds until a created record is seen by reads")  # type: ignore[assignment]
    negative_offset: bool = _choice(True, "a negative offset counts as 0; otherwise it is 400")  # type: ignore[assignment]
    total_uncounted: bool = _choice(False, "sysparm_no_count leaves X-Total-Count where it is")  # type: ignore[assignment]
    knowledge_stats: bool = _choice(True, "there are statistics of knowledge tables; otherwise 403")  # type: ignore[assignment]
    user_token: bool = _choice(False, "a session in a cookie needs its X-UserToken as well")  # type: ignore[assignment]
    malformed_detail: str = _choice(
        "", "detail of a 400 for a body that is no JSON; empty: the parser's words"
    )  # type: ignore[assignment]
    bare_refusals: bool = _choice(False, "405, 406 and 415 come without a body")  # type: ignore[assignment]
    odd_limit: bool = _choice(
        True, "a limit that is no number or below 1 counts as 10,000; otherwise it is 400"
    )  # type: ignore[assignment]
    link_last: bool = _choice(False, "sysparm_display_value=all puts the link behind the value")  # type: ignore[assignment]
    names_as_objects: bool = _choice(
        False, "display values of references are objects also without their links"
    )  # type: ignore[assignment]
    names_clients: bool = _choice(False, "a wrong OAuth client is invalid_client, as newer releases say")  # type: ignore[assignment]
    refreshes_clients: bool = _choice(False, "client credentials get a refresh token, as older releases do")  # type: ignore[assignment]
    sessions: bool = _choice(True, "whoever logs in begins a session, kept in cookies")  # type: ignore[assignment]
