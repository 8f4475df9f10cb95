"""Proposals to promote an article: how much it must be used, and that it is proposed once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from connector.rules.article_promotion import PROMOTION, ArticlePromotion
from connector.ticket import DeskTask
from tests.builder import HOUR, LEAD, LI, MON, created, moment
from tests.shelf import Shelf, calendar, held

LEAST = {"name": "worth", "assign_to": LEAD.user_name}
TEN = ArticlePromotion(**LEAST, tickets=10, within="2160h")  # type: ignore[arg-type]
SHELF = [held(number, author=LI) for number in range(1, 5)]


def test_an_article_is_worth_it_from_so_many_tickets_on() -> None:
    """Nine are not ten; the task says what was counted, and is not its author's."""
    used = {"KB0000001": 9, "KB0000002": 10, "KB0000009": 50}
    (task,) = created(TEN, calendar(), moment(MON, library=Shelf(*SHELF, used=used)))
    text = str(task.fields["description"])
    assert "KB0000002" in text
    assert "10 tickets of the last 2160 h" in text
    assert task.fields["assigned_to"] == LEAD.sys_id
    assert task.clause == "R-B5"


@given(st.lists(st.integers(0, 30), min_size=4, max_size=4), st.booleans(), st.booleans())
def test_it_is_proposed_once(uses: list[int], closed: bool, complete: bool) -> None:
    """Promoted or dropped; and the most used are proposed first, no more than `at_most` at once."""
    policy = ArticlePromotion(**LEAST, tickets=10, at_most=2)  # type: ignore[arg-type]
    used = {article.number: many for article, many in zip(SHELF, uses, strict=True)}
    here = moment(MON, library=Shelf(*SHELF, used=used))
    first = created(policy, calendar(), here)
    worth = sorted((many for many in uses if many >= 10), reverse=True)
    assert len(first) == min(2, len(worth))
    told = [int(str(one.fields["description"]).split("helped with ")[1].split()[0]) for one in first]
    assert told == worth[:2]
    at = MON + HOUR if closed else None
    tasks = [
        DeskTask(f"{place:032}", PROMOTION, one.occasion, MON, at, closed and complete)
        for place, one in enumerate(first)
    ]
    again = created(policy, calendar(*tasks), here)
    assert not {one.occasion for one in again} & {one.occasion for one in first}
    assert len(again) == (len(worth[2:]) if closed else 0)


def test_it_tells_how_much_each_is_used() -> None:
    """The most used first."""
    here = moment(MON, library=Shelf(*SHELF, used={"KB0000003": 12, "KB0000001": 4}))
    (wanted,) = created(TEN, calendar(), here)
    open_, dropped = (
        DeskTask("1" * 32, PROMOTION, wanted.occasion, MON, closed) for closed in (None, MON + HOUR)
    )
    assert TEN.explain(calendar(), here)[:2] == [
        "KB0000003: used by 12 tickets, of 10",
        "KB0000001: used by 4 tickets, of 10",
    ]
    assert TEN.explain(calendar(open_), here)[0] == "KB0000003: used by 12 tickets, proposed"
    assert TEN.explain(calendar(dropped), here)[0] == "KB0000003: used by 12 tickets, dropped"
    done = dropped._replace(complete=True)
    assert TEN.explain(calendar(done), here)[0] == "KB0000003: used by 12 tickets, promoted"


@pytest.mark.parametrize(
    ("more", "said"),
    [({"tickets": 1}, "greater than or equal to 2"), ({"within": "0h"}, "longer than nothing")],
)
def test_what_makes_no_sense_is_refused(more: dict[str, object], said: str) -> None:
    """With the way out."""
    with pytest.raises(ValidationError, match=said):
        ArticlePromotion(**{**LEAST, **more})  # type: ignore[arg-type]
