"""Short forms of long addresses: `POST /api/now/tinyurl` makes one, `sysparm_tiny` stands for it."""

from typing import TYPE_CHECKING, Literal

from connector.sandbox.error import Malformed, MethodNotAllowed
from connector.sandbox.rest.turn import Answer, Turn, envelope_of

if TYPE_CHECKING:
    from connector.sandbox.rest.front import Rest


class TinyUrlApi:
    """Takes `{"url": "…?…"}`, answers `{"result": "…?sysparm_tiny=<32 hex digits>"}` with the same path."""

    open = False
    reads: Literal["json", "raw"] = "json"

    def __init__(self, rest: "Rest") -> None:
        self._tiny = rest.tiny

    def answer(self, turn: Turn) -> Answer:
        """The short form.  Raises `RecordError`."""
        if turn.method != "POST":
            raise MethodNotAllowed(turn.method)
        url = turn.record().get("url")
        if not isinstance(url, str) or not url:
            raise Malformed("url is missing")
        path, _, query = url.partition("?")
        return Answer(200, envelope_of(f"{path}?sysparm_tiny={self._tiny.shorten(query)}"))
