"""What a record says: its figures, in tags that stay, with a stamp that changes with them and only then."""

from dataclasses import replace

from connector.kpi.publication.article import TITLE, article
from connector.kpi.publication.narrow import narrowed
from connector.kpi.score import WHOLE, Scope
from connector.kpi.scorecard import value_text
from connector.sandbox.sanitise import sanitised
from tests.kpi.page.month import FIRST, SOUTH, figures

LOOK = figures()
MAIN = Scope("desk", "main")


def test_the_platform_leaves_every_tag_of_it():
    """`glide.rest.sanitize_request_input` takes nothing away."""
    text = article(LOOK, WHOLE).text
    assert sanitised(text, "html") == text
    for score in LOOK.scores:
        if score.scope == WHOLE:
            assert value_text(score) in text


def test_the_stamp_follows_the_figures_and_not_the_clock():
    """A later look at the same figures writes nothing; one more success does."""
    one = article(LOOK, WHOLE)
    later = article(replace(LOOK, as_of=LOOK.as_of + 3600), WHOLE)
    assert later.stamp == one.stamp
    assert later.text != one.text
    first = LOOK.scores[0]
    other = replace(LOOK, scores=(replace(first, value=first.value - 1), *LOOK.scores[1:]))
    assert article(other, WHOLE).stamp != one.stamp
    assert article(other, WHOLE).key == one.key
    assert one.stamp.split()[1] in one.file_name


def test_a_frozen_record_says_so_last():
    """By which it is never written again."""
    frozen = replace(LOOK, scores=tuple(replace(score, frozen_at=1) for score in LOOK.scores))
    assert article(frozen, WHOLE).stamp.endswith(" frozen")
    assert article(frozen, WHOLE).frozen


def test_a_scope_gets_what_is_its_own():
    """Scores of the desk, tickets and calls that its groups held."""
    look = narrowed(LOOK, MAIN)
    own = [score for score in LOOK.scores if score.scope == MAIN]
    assert [score.value for score in look.scores] == [score.value for score in own]
    assert {score.scope for score in look.scores} == {WHOLE}
    assert 0 < len(look.facts) < len(LOOK.facts)
    assert {call.group for call in look.calls} == {FIRST.sys_id}
    assert all(
        any(LOOK.directory.groups[span.group].desk == "main" for span in fact.ticket.spans)
        for fact in look.facts
    )
    group = narrowed(LOOK, Scope("group", SOUTH.sys_id))
    assert {call.group for call in group.calls} == {SOUTH.sys_id}
    assert narrowed(LOOK, WHOLE) is LOOK


def test_records_of_different_scopes_have_different_keys_and_files():
    """And any name of a desk gives a key that a query can hold."""
    odd = Scope("desk", "a^b=c/\n<d>")
    made = [article(LOOK, scope) for scope in (WHOLE, MAIN, Scope("desk", "south"), odd)]
    assert len({one.key for one in made}) == len({one.file_name for one in made}) == 4
    for one in made:
        assert not set(one.key + one.file_name) & set("^\n<>/=")
        assert len(one.key) <= 100
        assert len(one.title) <= TITLE


def test_names_are_text():
    """In the title, the record and its page."""
    made = article(LOOK, Scope("group", SOUTH.sys_id), {SOUTH.sys_id: "<b>南区</b>" + "x" * 200})
    assert "<b>南区" not in made.text
    assert "<b>南区" not in made.file
    assert len(made.title) == TITLE
