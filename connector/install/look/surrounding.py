"""The instance around the tables: release, sign-in to come, rate rules, batches, auto-close. Only reads.

Names of properties: §3.6, §3.7 and §5.2 of the contract. What may not be read is told as such.
"""

import re
from collections.abc import Iterator, Mapping

from connector.errors import GatewayError, Retriable, Skippable, WrongInstance
from connector.install.look.finding import Answer, doubt, good, wrong
from connector.reconcile.world import sources
from connector.rules.customer_confirmation import CustomerConfirmation
from connector.settings import Settings
from connector.sync.gateway import Gateway, term
from connector.sync.request import Search
from connector.sync.row import Row

_RELEASE = ("glide.buildname", "glide.war")
_KNOWN = ("Utah", "Vancouver", "Washington DC", "Xanadu", "Yokohama", "Zurich", "Australia")
"""Releases that the facts come from which the connector relies on, in their order."""
_WITHOUT_REPORTS = "Australia"
_BASIC = "glide.authenticate.basic_auth.restriction."
_BASIC_NAMES = tuple(
    _BASIC + name
    for name in (
        "active", "enforce", "enforcement_date", "default_decision", "allowed_roles", "allowed_users",
        "allow_wsao",
    )
)  # fmt: skip
_CLOSE = ("glide.ui.autoclose.time", "com.snc.incident.autoclose.basedon.resolved_at")
_DAY = 86_400


def properties(gateway: Gateway) -> Mapping[str, str]:
    """Value of each property that is looked at, as far as they may be read."""
    names = [*_RELEASE, *_BASIC_NAMES, *_CLOSE]
    rows = gateway.page("sys_properties", term("name", "IN", names), ["name", "value"]).rows
    return {row["name"]: row.get("value", "") for row in rows if row.get("name") in names}


def release(settings: Settings, gateway: Gateway) -> Iterator[Answer]:
    """Which release it is, and what is different on it; one that nobody has facts about is doubtful."""
    told = properties(gateway)
    name = told.get(_RELEASE[0]) or told.get(_RELEASE[1], "")
    if not name:
        yield good("release: may not be read; nothing depends on it")
        return
    plain = re.sub(r"[^a-z]", "", name.lower())
    family = next((known for known in _KNOWN if re.sub(r"[^a-z]", "", known.lower()) in plain), "")
    if not family:
        yield doubt(
            f"release: {name} is none of those that the connector knows ({_KNOWN[0]} to {_KNOWN[-1]}): let "
            "it observe for some days first, and look at what status says of refused columns"
        )
        return
    yield good(f"release: {name}")
    if family == _WITHOUT_REPORTS:
        yield good(
            f"release: an instance that began on {family} has no Core UI reports: those that install makes "
            "stay unseen there; the saved lists are there, and Platform Analytics reads the same columns"
        )


def transport(settings: Settings, gateway: Gateway) -> Iterator[Answer]:
    """How the way there is kept."""
    if settings.instance.url.startswith("https://"):
        whom = (
            f"the authorities in {settings.instance.ca_file}"
            if settings.instance.ca_file
            else "the usual authorities"
        )
        yield good(f"TLS: the certificate is good for {settings.instance.url}, by {whom}")
    else:
        yield good("TLS: none; plain HTTP goes to this machine only")


def account(settings: Settings, gateway: Gateway) -> Iterator[Answer]:
    """The account's own record: zone, kind, roles; and when basic authentication closes to it."""
    user = settings.instance.auth.user
    columns = ["sys_id", "user_name", "time_zone", "web_service_access_only", "identity_type"]
    row = gateway.find("sys_user", {"user_name": user}, columns)
    if row is None:
        return  # told where people are looked for
    zone = row.get("time_zone", "")
    if zone not in ("", "GMT", "UTC", "Etc/UTC"):
        yield doubt(
            f"the account's time zone is {zone}: set it to GMT. The connector reads raw values, which are "
            "UTC, but whoever compares its records with what the account sees would be hours off"
        )
    held = _roles(user, gateway)
    if "snc_read_only" in held:
        yield wrong("the account holds snc_read_only, which blocks every write: take the role away")
    if "admin" in held:
        yield doubt(
            "the account holds admin: far more than it needs; desk-connector rights lists what it does"
        )
    yield from _basic(settings, properties(gateway), row, held)


def _roles(user: str, gateway: Gateway) -> frozenset[str]:
    """Roles of the account, inherited ones too, as far as they may be read."""
    try:
        rows = gateway.page(
            "sys_user_has_role", term("user.user_name", "=", user), ["role.name", "user.user_name"]
        ).rows
    except (Skippable, WrongInstance):
        return frozenset()
    # an unknown column in the query would have matched everybody
    return frozenset(row.get("role.name", "") for row in rows if row.get("user.user_name") == user)


def _basic(settings: Settings, told: Mapping[str, str], row: Row, held: frozenset[str]) -> Iterator[Answer]:
    """§3.6: from the enforcement date on, basic authentication is for some accounts only."""
    if settings.instance.auth.kind != "basic":
        return
    said = {
        name.removeprefix(_BASIC): value.strip() for name, value in told.items() if name.startswith(_BASIC)
    }
    if said.get("active") != "true" or said.get("default_decision") == "allow":
        return
    listed = {one.strip() for one in said.get("allowed_users", "").split(",")}
    roles = {one.strip() for one in said.get("allowed_roles", "snc_basic_auth_api_access").split(",")}
    exempt = (
        (said.get("allow_wsao", "true") == "true" and row.get("web_service_access_only") == "true")
        or settings.instance.auth.user in listed
        or bool(roles & held)
    )
    if exempt:
        yield good("basic authentication is restricted on the instance; this account is exempt")
        return
    when = said.get("enforcement_date") or "any day"
    yield doubt(
        f"basic authentication closes to this account from {when} on: make it web service access only, give "
        "it the "
        'role snc_basic_auth_api_access, or write kind = "oauth-client-credentials" under [instance.auth]'
    )


def rates(settings: Settings, gateway: Gateway) -> Iterator[Answer]:
    """Rate rules of the instance against what passes will ask (§3.7)."""
    passes = 3600 / settings.poll.every
    needed = round(passes * len(sources(settings)))
    limit = gateway.condition().hourly_limit
    rules: list[tuple[int, str]] = [] if limit is None else [(limit, "the rule that answers name")]
    try:
        rows = gateway.page(
            "sys_rate_limit_rules", "active=true", ["name", "limit", "rest_service", "active"], limit=100
        ).rows
    except (Skippable, WrongInstance):
        rows = []
    for row in rows:
        number = row.get("limit", "").replace(",", "")
        if (
            row.get("active") == "true"
            and number.isdigit()
            and row.get("rest_service", "") in ("", "Table API")
        ):
            rules.append((int(number), f'rule "{row.get("name", "")}"'))
    if not rules:
        yield good(
            f"no rate rule is seen; a pass each {settings.poll.every} s asks about {needed:,} times an hour"
        )
        return
    lowest, name = min(rules)
    told = f"{name} allows {lowest:,} requests an hour"
    if needed > lowest:
        enough = -(-3600 * len(sources(settings)) // lowest)
        yield doubt(
            f"{told}, passes ask about {needed:,} times: if the rule is for this account, write every = "
            f'"{enough}s" '
            "under [poll], or have the rule raised"
        )
    else:
        yield good(f"{told}; passes ask about {needed:,} times")


def batches(settings: Settings, gateway: Gateway) -> Iterator[Answer]:
    """Whether the Batch API takes two small reads in one request."""
    if not settings.instance.batch:
        return
    search = Search("sys_user", {"user_name": settings.instance.auth.user}, ("sys_id",))
    try:
        gateway.find_all([search, search])
    except Retriable as error:
        yield doubt(f"batches: no answer ({error}); writes go one by one then")
        return
    except GatewayError:
        pass  # the state of the packing tells, and reading people is looked at elsewhere
    if gateway.packs:
        yield good("the Batch API is allowed: writes go several in a request")
    else:
        yield doubt(
            "the Batch API is not allowed to the account: writes go one by one. Open POST "
            "/api/now/v1/batch to it, or write batch = false under [instance]"
        )


def auto_close(settings: Settings, gateway: Gateway) -> Iterator[Answer]:
    """§5.2: resolved tickets close by themselves; a write of ours may postpone it."""
    told = properties(gateway)
    days = told.get(_CLOSE[0], "")
    if not days.isdigit() or days == "0":
        yield good("auto-close: off, or it may not be read")
        return
    term_of = "1 day" if days == "1" else f"{days} days"
    if told.get(_CLOSE[1]) != "true":
        yield doubt(
            f"resolved incidents close {term_of} after their last update, and each write of the connector "
            f"to a resolved one postpones that: set the property {_CLOSE[1]} to true, so that the days "
            "count from resolving"
        )
    else:
        yield good(f"auto-close: {term_of} after resolving; writes of the connector do not postpone it")
    for policy in settings.policies:
        silence = policy.silence_counts_after if isinstance(policy, CustomerConfirmation) else None
        if silence is not None and silence > int(days) * _DAY:
            yield doubt(
                f'policy "{policy.name}": silence_counts_after is longer than auto-close ({term_of}): '
                "tickets close "
                f'before silence counts, and each would be flagged; write "{int(days) * 24}h" or less'
            )
