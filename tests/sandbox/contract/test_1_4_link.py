"""1.4: the Link header, to the letter."""

from typing import Any

import pytest

from connector.sandbox import Instance

LIST = "/api/now/table/incident"


def offsets(link: str) -> list[str]:
    """What each part of the header says after its limit."""
    return [part.rpartition("sysparm_offset=")[2] for part in link.split(",")]


@pytest.fixture
def many(instance: Instance) -> None:
    """Twelve incidents."""
    for _ in range(12):
        instance.insert("incident", {})


@pytest.mark.parametrize(
    ("limit", "offset", "parts"),
    [
        (1, 0, ['0>;rel="first"', '-1>;rel="prev"', '1>;rel="next"', '11>;rel="last"']),
        (5, 0, ['0>;rel="first"', '-5>;rel="prev"', '5>;rel="next"', '10>;rel="last"']),
        (5, 5, ['0>;rel="first"', '0>;rel="prev"', '10>;rel="next"', '10>;rel="last"']),
        (5, 10, ['0>;rel="first"', '5>;rel="prev"', '10>;rel="last"']),
        (6, 6, ['0>;rel="first"', '0>;rel="prev"', '6>;rel="last"']),
        (5, 50, ['0>;rel="first"', '45>;rel="prev"', '10>;rel="last"']),
    ],
)
def test_pages(wire: Any, many: None, limit: int, offset: int, parts: list[str]) -> None:
    """First, prev, next, last; a negative prev on the first page; no next on the last."""
    answer = wire.get(f"{LIST}?sysparm_limit={limit}&sysparm_offset={offset}")
    assert offsets(answer.headers["Link"]) == parts


def test_all_parameters_are_echoed(wire: Any, many: None) -> None:
    """Unknown ones too, as they were sent; then limit and offset; no blanks anywhere."""
    sent = (
        "query=number%3DINC1&sysparm_offset=2&display_value=True&sysparm_limit=1&sysparm_query=active%3Dtrue"
    )
    link = wire.get(f"{LIST}?{sent}").headers["Link"]
    stem = (
        f"<{wire.base}{LIST}?query=number%3DINC1&display_value=True&sysparm_query=active%3Dtrue"
        "&sysparm_limit=1&sysparm_offset="
    )
    names = [(0, "first"), (1, "prev"), (3, "next"), (11, "last")]
    assert link == ",".join(f'{stem}{at}>;rel="{name}"' for at, name in names)


@pytest.mark.parametrize(
    "sent", ["", "?sysparm_limit=12", "?sysparm_query=number=INC0010001&sysparm_limit=1"]
)
def test_no_header_where_one_page_holds_all(wire: Any, many: None, sent: str) -> None:
    """The count is there nevertheless."""
    answer = wire.get(f"{LIST}{sent}")
    assert "Link" not in answer.headers
    assert answer.headers["X-Total-Count"] in {"12", "1"}


def test_without_prev_on_the_first_page(wire: Any, many: None) -> None:
    """The switch for instances of about 2017, which takes effect at once."""
    assert len(offsets(wire.get(f"{LIST}?sysparm_limit=5").headers["Link"])) == 4
    wire.rest.manner.negative_prev = False
    first = wire.get(f"{LIST}?sysparm_limit=5").headers["Link"]
    assert offsets(first) == ['0>;rel="first"', '5>;rel="next"', '10>;rel="last"']
    second = wire.get(f"{LIST}?sysparm_limit=5&sysparm_offset=5").headers["Link"]
    assert offsets(second)[1] == '0>;rel="prev"'


def test_following_next_reads_everything(wire: Any, many: None) -> None:
    """The addresses in the header work as they are."""
    url, numbers = f"{wire.base}{LIST}?sysparm_limit=5&sysparm_query=ORDERBYnumber", []
    while url:
        answer = wire.session.get(url, timeout=5)
        numbers += [row["number"] for row in answer.json()["result"]]
        url = answer.links.get("next", {}).get("url", "")
    assert numbers == [f"INC{10001 + at:07d}" for at in range(12)]
