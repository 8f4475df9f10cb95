"""Who a user is to a query and to a login."""

from collections.abc import Callable
from dataclasses import dataclass

from connector.sandbox.moment import pattern
from connector.sandbox.operand import Asker
from connector.sandbox.store import Store


@dataclass(frozen=True, slots=True)
class Account:
    """What a login needs to know; `may_log_in` is false for inactive, locked and to-be-reset accounts.

    `web_services_only` accounts may call APIs and open no page, `multifactor` ones need more than a password.
    `form` is how the user sees date-times, "" for the system's own way, `domain` is what the user belongs to,
    `locale` language and country ("de_DE", "_DE" for a country alone, "" where no country is known).
    """

    user_name: str
    sys_id: str
    zone: str
    may_log_in: bool
    web_services_only: bool = False
    form: str = ""
    domain: str = ""
    multifactor: bool = False
    locale: str = ""


class Sessions:
    """Accounts by user name, remembered until a user record changes.  The caller holds the lock."""

    def __init__(self, store: Store, now: Callable[[], float], zone: str) -> None:
        self._store = store
        self._now = now
        self._zone = zone
        self._known: dict[str, Account] = {}
        self.worth: Callable[[str], str | None] = str
        """An amount in a condition, in the reference currency; set by whoever knows the rates."""

    def forget(self) -> None:
        """A user record changed."""
        self._known.clear()

    def account(self, user_name: str) -> Account | None:
        """The account with this user name, None if there is none."""
        known = self._known.get(user_name)
        if known is None:
            row = self._store.db.execute(
                "SELECT user_name, sys_id, time_zone, active, locked_out, password_needs_reset,"
                " web_service_access_only, date_format, time_format, sys_domain,"
                " enable_multifactor_authn, preferred_language, country"
                " FROM sys_user WHERE user_name = ?",
                (user_name,),
            ).fetchone()
            if row is None:
                return None
            may = row[3] == "true" and row[4] != "true" and row[5] != "true"
            known = self._known[user_name] = Account(
                *(row[0], row[1], row[2] or self._zone, may, row[6] == "true"),
                *(pattern(row[7], row[8]), row[9], row[10] == "true"),
                f"{row[11]}_{row[12]}" if row[12] else "",
            )
        return known

    def asker(self, user_name: str) -> Asker:
        """The session of a user at this moment; one that does not exist has no sys_id."""
        known = self.account(user_name)
        now = int(self._now())
        if known is None:
            return Asker(now, self._zone, "", user_name, self._option, self.worth)
        return Asker(now, known.zone, known.sys_id, known.user_name, self._option, self.worth)

    def locale(self, user_name: str) -> str:
        """The locale of a user, "" for one that has none or does not exist."""
        known = self.account(user_name)
        return known.locale if known else ""

    def _option(self, sys_id: str) -> str:
        """The script of an active dynamic filter option, "" if there is none."""
        row = self._store.db.execute(
            "SELECT script FROM sys_filter_option_dynamic WHERE sys_id = ? AND active = 'true'", (sys_id,)
        ).fetchone()
        return str(row[0]) if row else ""
