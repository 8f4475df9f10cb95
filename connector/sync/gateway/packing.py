"""Whether the instance takes batches, and the sending of one."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from requests import Response

from connector.errors import GatewayError, Retriable, Throttled, Unserviced
from connector.sync.gateway.answer import parsed, reason
from connector.sync.gateway.batch import REFUSALS, Part, loads, packed, unpacked

DOUBTS = 2
"""Batches in a row without a usable answer, after which they are given up: the parts may go through alone."""


class Post(Protocol):
    """Sends one batch; ``write`` says whether its parts do."""

    def __call__(
        self,
        body: Mapping[str, Any],
        meaning: Callable[[Response], "list[Response | GatewayError] | None"],
        *,
        write: bool,
    ) -> "list[Response | GatewayError] | None":
        """What the meaning of the answer is. Raises `GatewayError`."""
        ...


class Packing:
    """``wanted``: by the configuration. Once the instance has refused a batch, none is sent any more.

    ``stopping``: asked between the batches of one call; who is told to stop begins no further one.
    """

    def __init__(self, wanted: bool, post: Post, stopping: Callable[[], bool] = lambda: False) -> None:
        self.state = "on" if wanted else "off"
        """``on``, ``off``, or why none is sent any more."""
        self._post = post
        self._stopping = stopping
        self._doubts = 0

    @property
    def on(self) -> bool:
        """Batches are sent."""
        return self.state == "on"

    def all(self, parts: Sequence[Part], *, write: bool) -> list[Response | GatewayError] | None:
        """The answer to each part, or why it has none; None where the instance takes no batches.

        With None nothing was done. After a batch that was lost the others are not sent: its parts are in
        doubt, theirs `Unserviced`. Raises `Fatal`, and for reads whatever a single one raises.
        """
        answers: list[Response | GatewayError] = []
        for load in loads(parts):
            if write and answers and self._stopping():
                return [*answers, *[Unserviced("not sent: asked to stop")] * (len(parts) - load.start)]
            try:
                said = self._exchange(parts[load.start : load.stop], write=write)
            except Retriable as error:
                if not write:
                    raise
                rest = len(parts) - load.stop
                return [
                    *answers,
                    *[error] * len(load),
                    *[Unserviced("not sent: the one before it was lost")] * rest,
                ]
            if said is None:
                if not answers:
                    return None
                rest = len(parts) - load.start
                return [*answers, *[Unserviced(f"not sent: {self.state}")] * rest]
            answers += said
        return answers

    def _exchange(self, parts: Sequence[Part], *, write: bool) -> list[Response | GatewayError] | None:
        what = f"a batch of {len(parts)}"

        def meaning(response: Response) -> list[Response | GatewayError] | None:
            if response.status_code in REFUSALS:
                self.state = f"refused: HTTP {response.status_code}: {reason(response)}"
                return None
            return unpacked(parts, parsed(response, what), what)

        try:
            answers = self._post(packed(parts), meaning, write=write)
        except Throttled:
            raise
        except Retriable as error:
            self._doubts += 1
            if self._doubts >= DOUBTS:
                self.state = f"given up after {self._doubts} batches without an answer: {error}"
            raise
        self._doubts = 0
        return answers
