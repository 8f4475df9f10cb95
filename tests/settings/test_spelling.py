"""Finding what somebody meant."""

from connector.settings.spelling import listed, nearest


def test_a_slip_is_recognised_and_a_stranger_is_not() -> None:
    """Guesses help only when they are near; capitals do not matter."""
    assert nearest("resolve_wihtin", ["respond_within", "resolve_within"]) == "; did you mean resolve_within?"
    assert nearest("service desk", ["Service Desk"], quote=True) == '; did you mean "Service Desk"?'
    assert nearest("zebra", ["respond_within"]) == ""


def test_alternatives_read_like_a_sentence() -> None:
    """Commas and a last "or"."""
    assert listed(["a", "b", "c"], quote=True) == '"a", "b" or "c"'
    assert listed(["a"]) == "a"
    assert listed([]) == ""
