"""Reviews of articles: which are due, how many at once, and when again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from connector.rules.article import AGAIN
from connector.rules.article_review import REVIEW, ArticleReview
from connector.ticket import DeskTask, Held, Ticket
from tests.builder import DAY, FIRST, HOUR, LEAD, LI, MON, created, moment
from tests.shelf import Shelf, calendar, held

LEAST = {"name": "kept-up", "assign_to": LEAD.user_name}
BOTH = ArticleReview(**LEAST, expires_within="240h", unchanged_for="2400h")  # type: ignore[arg-type]
LONG = 100 * DAY


def asked(policy: ArticleReview, now: int, *shelf: Held, of: Ticket | None = None) -> list[str]:
    """Whose review is wanted now, in order."""
    wanted = created(policy, of or calendar(), moment(now, library=Shelf(*shelf)))
    return [str(one.fields["short_description"]).split()[2].rstrip(":") for one in wanted]


def done(
    policy: ArticleReview, now: int, closed: int | None, *shelf: Held, of: Ticket | None = None
) -> Ticket:
    """The calendar with what was asked for now as tasks, closed at that instant."""
    before = of or calendar()
    wanted = created(policy, before, moment(now, library=Shelf(*shelf)))
    tasks = [
        DeskTask(f"{len(before.tasks) + place:032}", REVIEW, one.occasion, now, closed, closed is not None)
        for place, one in enumerate(wanted)
    ]
    return calendar(*before.tasks, *tasks)


def test_an_article_that_nobody_touched_is_due_after_its_time() -> None:
    """To the second."""
    assert asked(BOTH, MON + LONG - 1, held(1)) == []
    assert asked(BOTH, MON + LONG, held(1)) == ["KB0000001"]


def test_an_article_is_due_before_it_runs_out() -> None:
    """However fresh it is; and one without an end is not."""
    fresh = held(1, MON, valid_to=MON + 30 * DAY)
    assert asked(BOTH, MON + 20 * DAY - 1, fresh, held(2)) == []
    assert asked(BOTH, MON + 20 * DAY, fresh, held(2)) == ["KB0000001"]


def test_closing_the_task_is_the_review() -> None:
    """It is due again after its time, counted from then; meanwhile nobody is told."""
    now = MON + LONG
    of = done(BOTH, now, now + DAY, held(1))
    assert asked(BOTH, now + DAY + LONG - 1, held(1), of=of) == []
    assert asked(BOTH, now + DAY + LONG, held(1), of=of) == ["KB0000001"]


def test_a_review_before_the_end_counts_as_one() -> None:
    """What was read a month ago is not asked for because it was not changed."""
    article = held(1, MON, valid_to=MON + LONG)
    now = MON + LONG - 10 * DAY
    of = done(BOTH, now, now + DAY, article)
    assert asked(BOTH, MON + LONG + DAY, article, of=of) == []
    assert asked(BOTH, now + DAY + LONG, article, of=of) == ["KB0000001"]


def test_an_end_set_anew_is_a_new_review() -> None:
    """The old task says nothing about it."""
    now = MON + 20 * DAY
    of = done(BOTH, now, now + DAY, held(1, MON, valid_to=MON + 30 * DAY))
    extended = held(1, now + DAY, valid_to=MON + 60 * DAY)
    assert asked(BOTH, MON + 50 * DAY - 1, extended, of=of) == []
    assert asked(BOTH, MON + 50 * DAY, extended, of=of) == ["KB0000001"]


def test_the_longest_due_come_first_and_not_all_at_once() -> None:
    """A neglected knowledge base is worked off a few at a time."""
    policy = ArticleReview(**LEAST, unchanged_for="2400h", at_most=2)  # type: ignore[arg-type]
    shelf = [held(1, MON + 2), held(2, MON), held(3, MON + 1), held(4, MON)]
    now = MON + LONG + DAY
    assert asked(policy, now, *shelf) == ["KB0000002", "KB0000004"]
    waiting = done(policy, now, None, *shelf)
    assert asked(policy, now + DAY, *shelf, of=waiting) == []
    worked_off = done(policy, now, now + HOUR, *shelf)
    assert asked(policy, now + DAY, *shelf, of=worked_off) == ["KB0000003", "KB0000001"]


def test_the_author_gets_it_else_who_is_named() -> None:
    """With `to_author = false` always the latter; the group has it in its list in any case."""
    for to_author, author, wanted in ((True, LI, LI), (True, "", LEAD.sys_id), (False, LI, LEAD.sys_id)):
        policy = ArticleReview(  # type: ignore[call-arg]
            **LEAST, unchanged_for="1h", to_author=to_author, assign_group=FIRST.name
        )
        (task,) = created(policy, calendar(), moment(MON + HOUR, library=Shelf(held(1, author=author))))
        assert (task.fields["assigned_to"], task.fields["assignment_group"]) == (wanted, FIRST.sys_id)


def test_where_narrows_the_articles() -> None:
    """By any column of theirs."""
    policy = ArticleReview(**LEAST, unchanged_for="1h", where={"kb_category": "net"})  # type: ignore[arg-type]
    shelf = (held(1, columns={"kb_category": "net"}), held(2, columns={"kb_category": "db"}), held(3))
    assert asked(policy, MON + HOUR, *shelf) == ["KB0000001"]


articles = st.lists(
    st.builds(
        held,
        st.integers(1, 9),
        st.integers(MON, MON + 50 * DAY),
        valid_to=st.none() | st.integers(MON, MON + 200 * DAY),
    ),
    max_size=5,
    unique_by=lambda article: article.number,
)


@given(articles, st.lists(st.integers(0, 60 * DAY), min_size=1, max_size=12), st.data())
def test_people_are_never_asked_twice(shelf: list[Held], steps: list[int], data: st.DataObject) -> None:
    """Whatever is closed when: no occasion again, never more than `at_most` open, one at most an article."""
    policy = ArticleReview(**LEAST, expires_within="240h", unchanged_for="720h", at_most=2)  # type: ignore[arg-type]
    now, tasks, about = MON, list[DeskTask](), dict[str, str]()
    for step in steps:
        now += step
        here = moment(now, library=Shelf(*shelf))
        for one in created(policy, calendar(*tasks), here):
            assert one.occasion not in about
            about[one.occasion] = str(one.fields["short_description"])
            tasks.append(DeskTask(f"{len(tasks):032}", REVIEW, one.occasion, now))
        assert created(policy, calendar(*tasks), here) == []
        waiting = [about[task.occasion] for task in tasks if task.closed_at is None]
        assert len(waiting) == len(set(waiting)) <= 2
        tasks = [
            task._replace(closed_at=now, complete=data.draw(st.booleans()))
            if task.closed_at is None and data.draw(st.booleans())
            else task
            for task in tasks
        ]


@given(articles, st.integers(0, 200 * DAY), st.integers(1, AGAIN - 1))
def test_nothing_changes_before_the_next_look(shelf: list[Held], after: int, later: int) -> None:
    """As long as the shelf is the same."""
    here = moment(MON + after, library=Shelf(*shelf))
    verdict = BOTH.judge(calendar(), here)
    assert verdict.look_again_at is not None
    then = moment(min(MON + after + later, verdict.look_again_at - 1), library=Shelf(*shelf))
    assert created(BOTH, calendar(), here) == created(BOTH, calendar(), then)


def test_it_tells_which_are_due_next() -> None:
    """The five first of them."""
    shelf = [held(number, MON + number * DAY) for number in range(1, 8)]
    here = moment(MON + LONG + DAY, library=Shelf(*shelf))
    lines = BOTH.explain(done(BOTH, MON + LONG + DAY, None, *shelf), here)
    assert lines[:2] == [
        "KB0000001: in review, unchanged since 2026-06-02 09:00",
        "KB0000002: due 2026-09-11 09:00, unchanged since 2026-06-03 09:00",
    ]
    assert len(lines) == 5


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"unchanged_for": None}, "when is an article stale"),
        ({"unchanged_for": "0h"}, "longer than nothing"),
        ({"unchanged_for": "90d"}, "never days"),
        ({"assign_to": ""}, "whose task is it"),
        ({"at_most": 0}, "greater than or equal to 1"),
        ({"when": {"class": "urgent"}}, "it is about no ticket"),
        ({"where": {"Category!": "x"}}, "String should match"),
    ],
)
def test_what_makes_no_sense_is_refused(more: dict[str, object], said: str) -> None:
    """With the way out."""
    with pytest.raises(ValidationError, match=said):
        ArticleReview(**{**LEAST, "unchanged_for": "1h", **more})  # type: ignore[arg-type]
