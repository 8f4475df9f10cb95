"""Nobody writes: a reminder after so much service, a few for one silence, none for what cannot be told."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from connector.intent import Note
from connector.rules.update_limit import UpdateLimit
from connector.ticket import Span, Ticket, TicketState
from tests.builder import DAY, HOUR, MINUTE, MON, WANG, marked, moment, said, spans, ticket

NEW, WORK, HOLD, RESOLVED = (
    TicketState.NEW,
    TicketState.IN_PROGRESS,
    TicketState.ON_HOLD,
    TicketState.RESOLVED,
)
NEVER = {"work_notes@": "", "comments@": ""}


def limit(**more: object) -> UpdateLimit:
    """An hour day and night, three reminders."""
    base: dict[str, object] = {"name": "updates", "service_hours": "remote", "every": "1h"}
    return UpdateLimit.model_validate(base | more)


def silent(*life: Span, written: int | None = None, **more: object) -> Ticket:
    """A ticket in which somebody last wrote at that instant, or never."""
    extra = NEVER if written is None else NEVER | {"work_notes@": str(written)}
    return ticket(life=life, extra=extra, **more)


def texts(policy: UpdateLimit, of: Ticket, now: int) -> list[str]:
    """The notes wanted."""
    return [str(note.text) for note in said(policy, of, moment(now)) if isinstance(note, Note)]


def test_a_reminder_after_an_hour_of_silence() -> None:
    """From the opening; then each hour, three times and no more."""
    t = silent()
    assert texts(limit(), t, MON + HOUR - 1) == []
    assert limit().judge(t, moment(MON)).look_again_at == MON + HOUR
    (text,) = texts(limit(), t, MON + HOUR)
    assert text.startswith("Nobody has written how this stands for 1 h of service, since 2026-06-01 09:00.")
    assert text.endswith("Please write it down, so that the customer can be told (reminder 1 of 3).")
    assert limit().judge(marked(limit(), t, moment(MON + HOUR)), moment(MON + HOUR)).intents == ()
    told = []
    for after in range(0, 3 * DAY, 20 * MINUTE):
        told += texts(limit(), t, MON + after)
        t = marked(limit(), t, moment(MON + after))
    assert [text[-8:-2] for text in told] == ["1 of 3", "2 of 3", "3 of 3"]
    assert limit().judge(t, moment(MON + 3 * DAY)).look_again_at is None


def test_writing_ends_the_silence() -> None:
    """The next one counts anew, with as many reminders; a comment counts as much as a note."""
    t = marked(limit(), silent(), moment(MON + HOUR))
    wrote = replace(t, extra=NEVER | {"comments@": str(MON + 90 * MINUTE)})
    assert texts(limit(), wrote, MON + 150 * MINUTE - 1) == []
    assert "since 2026-06-01 10:30" in texts(limit(), wrote, MON + 150 * MINUTE)[0]
    assert texts(limit(written_in="work_notes"), wrote, MON + 2 * HOUR - 1) == []
    assert "2 of 3" in texts(limit(written_in="work_notes"), wrote, MON + 2 * HOUR)[0]


def test_found_late_only_the_present_reminder() -> None:
    """It says how long it has been; the mark of the one before is needless then."""
    assert "for 3 h of service" in texts(limit(), silent(), MON + DAY)[0]
    first = marked(limit(), silent(), moment(MON + HOUR))
    (note,) = said(limit(), first, moment(MON + 2 * HOUR))
    assert isinstance(note, Note)
    assert set(note.supersedes) == first.marks


def test_a_reminder_is_not_taken_back() -> None:
    """The history tells of a hold afterwards: who was told of a longer silence is not told of a shorter."""
    t = marked(limit(), silent(), moment(MON + 2 * HOUR))
    held = spans(MON, (0, WORK), (10 * MINUTE, HOLD), (70 * MINUTE, WORK))
    assert texts(limit(), replace(t, spans=held), MON + 130 * MINUTE) == []


def test_service_hours_and_holds() -> None:
    """Nights do not count on site, nor does waiting; while it waits nothing is due."""
    on_site = limit(service_hours="onsite", every="4h")
    evening = silent(*spans(MON + 8 * HOUR, (0, NEW)))  # Monday 17:00: an hour is left
    assert on_site.judge(evening, moment(MON + 9 * HOUR)).look_again_at == MON + 26 * HOUR + 30 * MINUTE
    held = silent(*spans(MON, (0, WORK, WANG), (HOUR // 2, HOLD, WANG)))
    assert limit().judge(held, moment(MON + DAY)) == ("does not count while on hold", (), None)
    assert texts(limit(pause_on="4"), held, MON + HOUR)
    on = silent(*spans(MON, (0, WORK, WANG), (HOUR // 2, HOLD, WANG), (DAY, WORK, WANG)))
    assert texts(limit(), on, MON + DAY + HOUR // 2 - 1) == []
    assert texts(limit(), on, MON + DAY + HOUR // 2)


def test_a_reopening_begins_anew() -> None:
    """What was silent while it was resolved was not owed."""
    life = spans(MON, (0, WORK, WANG), (HOUR, RESOLVED, WANG), (DAY, WORK, WANG))
    assert texts(limit(), silent(*life), MON + DAY + HOUR - 1) == []
    assert texts(limit(), silent(*life), MON + DAY + HOUR)


def test_what_the_history_does_not_tell_is_not_guessed() -> None:
    """No stamp for any of the columns: no reminder, and `explain` says what would be needed."""
    verdict = limit().judge(ticket(), moment(MON + DAY))
    assert verdict == ("the history does not tell who wrote", (), None)
    assert "audit" in limit().explain(ticket(), moment(MON))[0]


def test_only_open_tickets() -> None:
    """Resolved is told by the resolution."""
    done = silent(*spans(MON, (0, WORK, WANG), (HOUR, RESOLVED, WANG)))
    assert limit().judge(done, moment(MON + DAY)) == ("not open", (), None)
    assert limit().explain(done, moment(MON + DAY)) == []


def test_the_silence_is_explained() -> None:
    """Since when, and each reminder."""
    told = limit().explain(silent(written=MON + HOUR), moment(MON + 2 * HOUR))
    assert told == [
        "nobody has written in work_notes or comments since 2026-06-01 10:00",
        "reminder 1 was due 2026-06-01 11:00",
        "reminder 2 is due 2026-06-01 12:00",
        "reminder 3 is due 2026-06-01 13:00",
    ]
    held = silent(*spans(MON, (0, WORK, WANG), (90 * MINUTE, HOLD, WANG)))
    assert limit().explain(held, moment(MON))[-1] == "further reminders wait while it is on hold"
    assert limit().journals() == {"work_notes", "comments"}


@given(st.lists(st.integers(0, 2 * DAY), max_size=10), st.integers(1, 4))
def test_never_more_reminders_than_allowed(looks: list[int], most: int) -> None:
    """However often one looks at one silence."""
    policy, t, count = limit(at_most=most), silent(), 0
    for after in sorted(looks):
        count += len(texts(policy, t, MON + after))
        t = marked(policy, t, moment(MON + after))
    assert count <= most


@pytest.mark.parametrize(
    "wrong", [{"at_most": 0}, {"every": "1d"}, {"written_in": []}, {"written_in": "close_notes"}]
)
def test_what_makes_no_sense_is_refused(wrong: dict[str, object]) -> None:
    """No endless reminders, no days, no column that is no journal."""
    with pytest.raises(ValidationError):
        limit(**wrong)
