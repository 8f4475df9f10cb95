"""Who writes a window into the changed hour is told, nobody else."""

from connector.service_hours import Calendar, ServiceHours


def warned(zone: str, *windows: str) -> list[str]:
    """What is said about these windows, every day of 2026."""
    hours = ServiceHours.compile(Calendar.parse("early", zone, {"mon-sun": windows}))
    return hours.warnings([2026])


def test_a_boundary_in_the_changed_hour() -> None:
    """Once for the spring day and once for the autumn day, with what is taken instead."""
    spring, autumn = warned("Europe/Berlin", "00:00-02:30")
    assert "2026-03-29 02:30 is skipped in Europe/Berlin; 03:30 is taken" in spring
    assert "2026-10-25 02:30 comes twice in Europe/Berlin; the first is taken" in autumn


def test_the_window_of_the_evening_before() -> None:
    """A shift over midnight that ends in the changed hour counts for the morning it ends on."""
    assert ["2026-03-29 02:15" in line for line in warned("Europe/Berlin", "20:00-02:15")] == [True, False]


def test_nobody_else() -> None:
    """Not office hours, not 7×24 whose midnights are no boundary, not a zone without clock changes."""
    assert warned("Europe/Berlin", "08:00-17:00") == []
    assert warned("Africa/Cairo", "00:00-24:00") == []  # changes at midnight
    assert warned("Asia/Shanghai", "00:00-02:30") == []
    assert warned("Africa/Cairo", "09:00-24:00") != []
