"""Files at records go there byte for byte, are listed, and are taken away again; a lost one is no harm."""

import pytest

from connector.errors import Forbidden, NotFound
from connector.sandbox import Instance, Rest, in_process
from connector.sandbox.attachment import content_of
from connector.sync.gateway import Credentials, Gateway

CONTENT = "<p>一 &amp; \x00</p>".encode() * 1000


@pytest.fixture
def instance():
    """An instance with our account."""
    made = Instance(now=lambda: 1_780_275_600)
    made.add_user("us", name="Us", password="geheim", roles=["itil", "knowledge"])
    made.add_user("nobody", name="Nobody", password="geheim")
    yield made
    made.close()


def gateway(instance, user="us"):
    """Signed in."""
    return Gateway(instance.base_url, Credentials(user, "geheim"), writable={})


def test_a_file_arrives_as_it_was_sent_and_is_listed(instance):
    """Name, media type, content; the oldest first."""
    article = instance.insert("kb_knowledge", {"short_description": "a"})["sys_id"]
    with in_process(Rest(instance)):
        files = gateway(instance).files
        made = files.put("kb_knowledge", article, "页 a.html", CONTENT, "text/html")
        (found,) = files.of("kb_knowledge", article)
    assert found == (made, "页 a.html", "us")
    assert content_of(instance, made) == CONTENT
    assert instance.get("sys_attachment", made)["content_type"] == "text/html"


def test_a_file_that_is_gone_already_is_taken_away_without_complaint(instance):
    """Somebody was quicker."""
    article = instance.insert("kb_knowledge", {"short_description": "a"})["sys_id"]
    with in_process(Rest(instance)):
        files = gateway(instance).files
        files.put("kb_knowledge", article, "a.html", b"a", "text/html")
        there = files.of("kb_knowledge", article)
        files.take_away(there)
        files.take_away(there)
        assert files.of("kb_knowledge", article) == []


def test_other_calls_keep_their_media_type(instance):
    """Headers of one call do not leak into the next."""
    article = instance.insert("kb_knowledge", {"short_description": "a"})["sys_id"]
    with in_process(Rest(instance)):
        line = gateway(instance)
        line.files.put("kb_knowledge", article, "a.html", b"a", "text/html")
        assert line.find("kb_knowledge", {"sys_id": article}, ["short_description"]) is not None
        assert line.files.put("kb_knowledge", article, "b.html", b"b", "text/html")


def test_what_may_not_be_is_an_error_of_ours(instance):
    """No right, no record."""
    article = instance.insert("kb_knowledge", {"short_description": "a"})["sys_id"]
    with in_process(Rest(instance)):
        with pytest.raises((Forbidden, NotFound)):
            gateway(instance, "nobody").files.put("kb_knowledge", article, "a", b"a", "text/html")
        with pytest.raises((Forbidden, NotFound)):
            gateway(instance).files.put("kb_knowledge", "0" * 32, "a", b"a", "text/html")
