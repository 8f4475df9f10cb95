"""What the account may do with what the configuration uses: rows, orders, writes. Nothing is changed.

Why write access is told from flags, roles and rules, and tried only on a ticket an admin names:
docs/decisions/0024-looking-without-touching.md.
"""

from collections.abc import Iterator

from connector.errors import Forbidden, Retriable, Skippable, WrongInstance
from connector.install.look.finding import Answer, doubt, good, wrong
from connector.install.rights import rights, roles
from connector.instant import platform_time
from connector.reconcile.world import sources
from connector.settings import Settings
from connector.sync.gateway import Gateway, term

SAMPLE = 1000
"""Rows that are compared with the count."""


def visible(settings: Settings, gateway: Gateway) -> Iterator[Answer]:
    """Count against rows (§3.1, §7.5), and whether the very query of a pass is allowed (§2.3)."""
    kept = False
    for source in sources(settings):
        begin = platform_time(source.since or 0)
        order = f"{source.stamp}>={begin}^ORDERBY{source.stamp}^ORDERBYsys_id"
        query = f"{source.query}^{order}" if source.query else order
        try:
            page = gateway.page(source.table, query, ["sys_id"], limit=SAMPLE)
        except Forbidden as error:
            yield wrong(
                f"{source.table}: the query of a pass is refused: {error}. Give the account query_range on "
                f"sys_id and {source.stamp}, and query_match on the other columns: desk-connector rights "
                "lists them"
            )
            kept = True
            continue
        except (Skippable, WrongInstance):
            kept = True  # told with the tables
            continue
        for row in gateway.page(source.table, query, list(source.fields), limit=1).rows:
            there = gateway.columns(source.table)
            for column in source.fields:
                if column not in row and column in there:
                    yield wrong(
                        f"{source.table}.{column} is there and the account may not read it: give it read "
                        f"access to {source.table}.{column}"
                    )
        try:
            number = gateway.count(source.table, query.partition("^ORDERBY")[0])
        except (Skippable, WrongInstance):
            yield good(f"{source.table}: may not be counted, so that hidden rows would not show here")
            continue
        except Retriable as error:  # a table of many millions is not counted within the quota of 60 s
            yield good(f"{source.table}: was not counted in time ({error}); hidden rows would not show here")
            continue
        kept_back = min(number, SAMPLE) - len(page.rows)
        kept = kept or kept_back > 0
        if kept_back > 0 and not page.rows:
            yield wrong(
                f"{source.table}: {number:,} {'row is' if number == 1 else 'rows are'} there and the "
                "account sees none: a read rule, a domain or user criteria keep them back; give its role a "
                "read rule on the table and on its rows"
            )
        elif kept_back > 0:
            yield doubt(
                f"{source.table}: of the first {min(number, SAMPLE):,} rows the account does not see "
                f"{kept_back:,}: what is hidden is neither judged nor counted; is that what the desk wants?"
            )
    if not kept:
        yield good("no row that is counted is kept from the account, in the order in which passes ask")


def writable(settings: Settings, gateway: Gateway) -> Iterator[Answer]:
    """Read-only columns by the dictionary, and roles by what they give (§6.4)."""
    yield from _read_only(settings, gateway)
    yield from _roles(settings, gateway)


def _read_only(settings: Settings, gateway: Gateway) -> Iterator[Answer]:
    columns = sorted(settings.columns.writable | {"work_notes"})
    chain = gateway.lineage("incident")
    query = "^".join((term("name", "IN", chain), term("element", "IN", columns)))
    asked = ["name", "element", "read_only", "read_only_option", "active"]
    for row in gateway.page("sys_dictionary", query, asked).rows:
        if row.get("read_only") == "true":
            option = row.get("read_only_option", "")
            yield doubt(
                f"{row['name']}.{row['element']} is read-only in the "
                f"dictionary{f' ({option})' if option else ''}: newer releases refuse writes over REST to "
                "such columns; make it writable, or take it from [columns]"
            )


def _roles(settings: Settings, gateway: Gateway) -> Iterator[Answer]:
    user = settings.instance.auth.user
    wanted = rights(settings)
    try:
        rows = gateway.page(
            "sys_user_has_role", term("user.user_name", "=", user), ["role.name", "user.user_name"]
        ).rows
        held = {row.get("role.name", "") for row in rows if row.get("user.user_name") == user}
        if not held:
            yield good("the account's roles may not be read; desk-connector rights says which it needs")
            return
        contains = gateway.page(
            "sys_user_role_contains", "ORDERBYsys_id", ["role.name", "contains.name"], limit=10_000
        ).rows
    except (Skippable, WrongInstance):
        yield good("roles may not be read; desk-connector rights says which the account needs")
        return
    if "admin" in held:
        return
    pairs = {(row.get("role.name", ""), row.get("contains.name", "")) for row in contains}
    fresh = set(held)
    while fresh:
        fresh = {contained for role, contained in pairs if role in fresh} - held
        held |= fresh
    if held.issuperset(roles(wanted)):
        yield good(
            "the account holds the roles that give what passes write; --probe NUMBER tries it on a ticket"
        )
    for role in roles(wanted):
        if role in held:
            continue
        lacking = [f"{right.operation} {right.table}" for right in wanted if right.given_by == role]
        what = f": it gives {', '.join(lacking)}" if lacking else ""
        yield doubt(
            f"the account does not hold {role}{what}. Give it the role, or access rules to the same end: "
            "desk-connector rights --script"
        )


def probe(settings: Settings, gateway: Gateway, number: str) -> Iterator[Answer]:
    """Write to one ticket what stands there already, and see that nothing moved; only when told to.

    Equal values change nothing, not even the stamps (§5.1); `sys_mod_count` before and after says so.
    It shows whether the record may be written; a column that is dropped in silence shows only with a new
    value.
    """
    columns = sorted(settings.columns.writable)
    row = gateway.find("incident", {"number": number}, ["sys_id", "sys_mod_count", *columns])
    if row is None:
        yield wrong(f"--probe: there is no incident {number}, or the account may not see it")
        return
    same = {column: row[column] for column in columns if column in row}
    if not same:
        yield wrong(f"--probe: the account sees none of the columns it is to write on {number}")
        return
    try:
        after = gateway.patch("incident", row["sys_id"], same, read=["sys_mod_count", *same])
    except Skippable as error:
        yield wrong(
            f"{number}: a write of the values that stand there is refused: {error}. Give the account write "
            "access to incident: sn_incident_write, or rules of its own role (desk-connector rights)"
        )
        return
    moved = [column for column in same if after.get(column) != same[column]]
    if after.get("sys_mod_count") != row.get("sys_mod_count") or moved:
        what = f" and changed {', '.join(moved)}" if moved else ""
        yield doubt(
            f"{number}: a write of equal values counted as an update{what}: a business rule of the instance "
            "writes with every update; each write of the connector will do the same"
        )
    else:
        yield good(f"{number} may be written, and equal values changed nothing on it")
