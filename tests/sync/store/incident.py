"""Incidents as the tests of the store save them."""

from connector.sync.store import Store

NEVER = 2**40
"""Later than anything is due."""


def sys_id_of(number: int) -> str:
    """The sys_id of an incident, or of what belongs to it."""
    return f"{number:032x}"


def incident(number: int, **more: str) -> dict[str, str]:
    """One of the first of June, open."""
    return {
        "sys_id": sys_id_of(number),
        "number": f"INC{number}",
        "opened_at": "2026-06-01 00:00:00",
        "sys_updated_on": "2026-06-01 00:00:00",
        "sys_mod_count": "0",
        "resolved_at": "",
        "closed_at": "",
        **more,
    }


def settle(store: Store, *numbers: int) -> None:
    """These are mirrored, and nothing is due."""
    store.save_tickets([incident(number) for number in numbers], 1)
    store.look_again(dict.fromkeys(map(sys_id_of, numbers)))
