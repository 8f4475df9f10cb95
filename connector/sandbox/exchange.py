"""Columns that hold money: what was entered, what it is worth in the system's currency and in a reader's.

A record holds the amount in the reference currency, which filters, orders and aggregates go by.  Beside it
`fx_currency_instance` (of `price` columns `fx_price`) keeps the amount and the currency that were entered,
from which readers get theirs at the latest rates of `fx_rate`: units of a currency for one euro, as the
European Central Bank gives them.  Platform facts, 1.5, and the product's documentation of its standard
currency fields.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from connector.sandbox.column import Column
from connector.sandbox.dictionary import Table
from connector.sandbox.money import SYSTEM, amount, currency_of, locale_of, plain, shown
from connector.sandbox.property import Properties
from connector.sandbox.store import Store

Row = dict[str, str]

WATCHED = frozenset({"fx_rate", "fx_currency"})
"""Tables whose rows are remembered here."""

KEPT = {"currency": "fx_currency_instance", "price": "fx_price"}
"""Type of a column → the table that keeps what was entered."""

_EURO = "EUR"
_RATES = (
    "SELECT upper(c.code), r.rate FROM fx_rate r JOIN fx_currency c ON c.sys_id = r.currency"
    " WHERE c.code <> '' ORDER BY r.sys_updated_on, r.rowid"
)


@dataclass(frozen=True, slots=True)
class Entered:
    """An amount as somebody entered it, and in the reference currency as the record keeps it."""

    currency: str
    number: Decimal
    reference: str


class Exchange:
    """Rates and locales of one instance.  `locale` tells that of a user by user name ("" for the system's).

    The caller holds the instance's lock.
    """

    def __init__(
        self, store: Store, properties: Properties, locale: Callable[[str], str], leading: Callable[[], bool]
    ) -> None:
        self._store = store
        self._properties = properties
        self._locale = locale
        self._leading = leading
        self._rates: dict[str, Decimal] | None = None
        store.db.create_function("money_plain", 3, self._plain)
        store.db.create_function("money_shown", 3, self._shown)
        store.db.create_function("money_places", 0, lambda: self.places)

    def forget_rates(self) -> None:
        """Rows of `WATCHED` changed."""
        self._rates = None

    @property
    def places(self) -> int:
        """Places that amounts have: four, unless the property says two."""
        told = self._properties.get("glide.currency_price.use_all_fraction_digits")
        return 2 if told == "false" else 4

    @property
    def reference(self) -> str:
        """The ISO code of the currency that records keep: that of the system's locale."""
        return currency_of(self._placed(""))

    def session(self, locale: str) -> str:
        """The ISO code of the currency that a user with this locale ("" for the system's) reads."""
        if self._properties.get("glide.i18n.single_currency") == "true":
            code = self._properties.get("glide.i18n.single_currency.code", "")
            if code:
                return code.upper()
        return currency_of(self._placed(locale))

    def taken(self, text: str, user: str) -> Entered | None:
        """A value that is written to a column: "EUR;12.50", or a number in the user's own currency.

        None for what is no amount, and for a currency without a rate.
        """
        found = amount(text)
        if found is None:
            return None
        currency = found[0] or self.session(self._locale(user))
        number = round(found[1], self.places)
        reference = self.converted(number, currency, self.reference)
        if reference is None:
            return None
        return Entered(currency, number, plain(reference, self.places))

    def typed(self, text: str, user: str) -> str | None:
        """What a user typed, in the form of their locale, as it is written over REST; None if it is none."""
        found = amount(text, self._placed(self._locale(user)))
        if found is None:
            return None
        number = plain(found[1], self.places)
        return f"{found[0]};{number}" if found[0] else number

    def filtered(self, text: str) -> str | None:
        """The value of a condition in the reference currency: "EUR;12.50" at today's rate, a number as it is.

        None as for `taken`.
        """
        found = amount(text)
        if found is None:
            return None
        number = self.converted(found[1], found[0] or self.reference, self.reference)
        return None if number is None else plain(number, self.places)

    def converted(self, number: Decimal, source: str, target: str) -> Decimal | None:
        """An amount in another currency at the latest rates; None where one of them has no rate."""
        if source == target:
            return number
        rates = self._known()
        if not (rates.get(source) and rates.get(target)):
            return None
        return number / rates[source] * rates[target]

    def keep(self, table: Table, sys_id: str, name: str, given: Entered | None, made: Row) -> None:
        """Write down what was entered into a column of a record; None where the column was emptied.

        `made` are the sys_id and the stamps that a new row gets.
        """
        kept = KEPT[table.columns[name].type]
        where = f'FROM "{kept}" WHERE id = ? AND field = ?'
        if given is None:
            self._store.db.execute(f"DELETE {where}", (sys_id, name))
            return
        amounts = {
            "currency": given.currency,
            "amount": plain(given.number, self.places),
            "reference_currency": self.reference,
            "reference_amount": given.reference,
        }
        known = self._store.db.execute(f"SELECT sys_id {where}", (sys_id, name)).fetchone()
        if known:
            self._store.update(kept, known[0], amounts)
            return
        kind = {"type": "calculated"} if kept == "fx_price" else {}
        self._store.insert(kept, made | amounts | {"table": table.name, "field": name, "id": sys_id} | kind)

    def forget(self, sys_id: str) -> None:
        """A record is gone, and with it what was entered into it."""
        for kept in KEPT.values():
            self._store.db.execute(f'DELETE FROM "{kept}" WHERE id = ?', (sys_id,))

    def audited(
        self, table: Table, row: Row, name: str, given: Entered | None, user: str, old: str
    ) -> tuple[str, str]:
        """Both sides of an audit row: numbers in the writer's currency, or what was entered (`USD;12.5`).

        Asked before `keep`; `old` is what the record held.
        """
        kept = KEPT[table.columns[name].type]
        sql = f"SELECT currency || ';' || amount FROM \"{kept}\" WHERE id = ? AND field = ?"
        found = self._store.db.execute(sql, (row["sys_id"], name)).fetchone()
        before = found[0] if found else f"{self.reference};{old}" if old else ""
        after = f"{given.currency};{plain(given.number, self.places)}" if given else ""
        if self._properties.get("glide.sys.audit_currency_value") == "true":
            return before, after
        locale = self._locale(user)
        return self._plain(before, old, locale), self._plain(after, given.reference if given else "", locale)

    def _placed(self, locale: str) -> str:
        """The locale that counts: the user's, the system's, Java's."""
        return (
            (locale and locale_of(locale))
            or locale_of(self._properties.get("glide.system.locale") or SYSTEM)
            or SYSTEM
        )

    def _known(self) -> dict[str, Decimal]:
        if self._rates is None:
            rows = self._store.db.execute(_RATES).fetchall()
            told = [(code, amount(rate)) for code, rate in rows]
            self._rates = {_EURO: Decimal(1)} | {code: found[1] for code, found in told if found}
        return self._rates

    def _read(self, entered: str | None, reference: str, locale: str) -> tuple[Decimal, str] | None:
        """What a reader gets: an amount and its currency, theirs unless there is no rate for it."""
        session = self.session(locale)
        for text, currency in ((entered or "", ""), (reference, self.reference)):
            if found := amount(text):
                number = self.converted(found[1], found[0] or currency, session)
                if number is not None:
                    return number, session
        found = amount(reference)
        return (found[1], self.reference) if found else None

    def _plain(self, entered: str | None, reference: str, locale: str) -> str:
        found = self._read(entered, reference, locale)
        return plain(found[0], self.places) if found else reference

    def _shown(self, entered: str | None, reference: str, locale: str) -> str:
        found = self._read(entered, reference, locale)
        if found is None:
            return reference
        return shown(*found, self._placed(locale), leading=self._leading(), places=self.places)


def entered(column: Column, owner: str) -> str:
    """SQL of what was entered into a money column of the row `owner`: `EUR;12.5`, NULL for nothing."""
    return (
        f"(SELECT f.currency||';'||f.amount FROM \"{KEPT[column.type]}\" f"
        f" WHERE f.id = {owner}.sys_id AND f.field = '{column.element}' LIMIT 1)"
    )
