"""On which terms we speak with an instance: times, sizes, rates, and the way to it."""

from dataclasses import dataclass

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Terms:
    """As they stand here, nothing is repeated and nothing is packed; the configuration's defaults differ."""

    connect: float = 10.0
    """Seconds until a connection must stand."""
    answer: float = 60.0
    """Seconds without a byte after which an answer is given up; the instance's own quota is 60."""
    whole: float = 300.0
    """Seconds for a whole answer, however steadily it trickles; the longest quota is 298."""
    largest: int = 64 * MEGABYTE
    """Bytes of an answer, unpacked; a larger one is given up and asked for in smaller pages."""
    patience: float = 0.0
    """Seconds from the first try of a call in which it may be repeated; 0: never."""
    per_minute: int | None = None
    """Requests, None for no limit of ours."""
    batch: bool = False
    """Writes are packed into the Batch API, where the instance allows it."""
    proxy: str = ""
    """URL of a proxy; without one the environment's are used, never towards this machine."""
    ca_file: str = ""
    """PEM file of the authorities to believe instead of the usual ones."""
