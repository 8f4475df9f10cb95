"""``check --instance``, the rest of it: rights, choices, what else writes or refuses, and the way there."""

from collections.abc import Callable

import pytest

from connector.cli import main
from connector.sandbox import Fault, on
from tests.cli.test_check import Site, look, site

__all__ = ["site"]

USER = "connector"
PROPERTY = "glide.authenticate.basic_auth.restriction."


def row_is_hidden(site: Site) -> None:
    """The account sees no incident although there is one."""
    site.instance.hide("incident", "sys_idISNOTEMPTY", USER)


def some_rows_are_hidden(site: Site) -> None:
    """One of three."""
    for _ in range(2):
        site.instance.insert("incident", {"short_description": "more", "category": "software"})
    site.instance.hide("incident", "category=software^short_description=more", USER)


def order_is_refused(site: Site) -> None:
    """The sort column of a pass may not be queried."""
    site.instance.deny_query("incident", "sys_updated_on", user=USER, operations=["query_range"])


def column_is_hidden(site: Site) -> None:
    """The account sees the tickets, and not one of their columns."""
    site.instance.deny_read("incident", "category", USER)


def column_is_read_only(site: Site) -> None:
    """By the dictionary."""
    one = site.instance.rows("sys_dictionary", "name=incident^element=u_desk_tier")[0]
    site.instance.update("sys_dictionary", one["sys_id"], {"read_only": "true"})


def choices_are_too_few(site: Site) -> None:
    """A column with choices that lacks some of ours."""
    site.instance.add_choice("incident", "u_desk_clock", "running", "Running")


def close_code_is_unknown(site: Site) -> None:
    """Nobody can ever choose it."""
    site.change('"Duplicate", "Resolved by caller"', '"Duplicat", "Resolved by caller"')


def data_policy(site: Site) -> None:
    """One that asks for a business service on every write, and one that closes a column of ours."""
    site.instance.add_table("sys_data_policy2")
    for column in ("short_description", "model_table", "active"):
        site.instance.add_column("sys_data_policy2", column)
    site.instance.add_table("sys_data_policy_rule")
    for column in ("sys_data_policy", "field", "table", "mandatory", "disabled"):
        site.instance.add_column("sys_data_policy_rule", column)
    policy = site.instance.insert(
        "sys_data_policy2", {"short_description": "Complete", "model_table": "incident", "active": "true"}
    )["sys_id"]
    for field, mandatory, disabled in (
        ("business_service", "true", "ignore"),
        ("u_desk_tier", "ignore", "true"),
    ):
        site.instance.insert(
            "sys_data_policy_rule",
            {"sys_data_policy": policy, "table": "incident", "field": field, "mandatory": mandatory,
             "disabled": disabled},
        )  # fmt: skip


def business_rule(site: Site) -> None:
    """A rule that writes a column of ours and one that is shared; the account may read rules."""
    site.instance.allow("read", "sys_script", "u_desk_policy_connector")
    script = "if (current.u_desk_tier == '') current.u_desk_tier = 'x'; current.setValue('assigned_to', '');"
    site.instance.insert(
        "sys_script", {"name": "Tidy up", "collection": "incident", "active": "true", "script": script}
    )


def auto_close(site: Site) -> None:
    """By the last update, after a day; silence counts after three."""
    site.instance.properties["glide.ui.autoclose.time"] = "1"


def rate_rule(site: Site) -> None:
    """Fewer requests than passes ask."""
    site.instance.insert(
        "sys_rate_limit_rules", {"name": "Integrations", "limit": "150", "type": "all", "active": "true"}
    )


def basic_ends(site: Site) -> None:
    """The restriction is on from a day to come."""
    for name, value in (("active", "true"), ("enforce", "true"), ("enforcement_date", "2999-01-01 00:00:00")):
        site.instance.properties[PROPERTY + name] = value


def another_release(site: Site) -> None:
    """One that came out after this connector."""
    site.instance.allow("read", "sys_properties", "u_desk_policy_connector")
    site.instance.properties["glide.buildname"] = "Brazil"


def zone_is_odd(site: Site) -> None:
    """The account looks at Shanghai's clock."""
    site.instance.update("sys_user", _me(site), {"time_zone": "Asia/Shanghai"})


def is_admin(site: Site) -> None:
    """The account may do everything."""
    site.instance.grant(_me(site), ["admin"])


def only_reads(site: Site) -> None:
    """The account holds the role that blocks writes."""
    site.instance.grant(_me(site), ["snc_read_only"])


def knowledge_base_is_gone(site: Site) -> None:
    """Where scorecards would be published."""
    site.change("[publish]\n", f'[publish]\nknowledge_base = "{"0" * 32}"\n')


def no_batches(site: Site) -> None:
    """The API answers 403."""
    site.faults.add(Fault.forbidden(), lambda call: call.method == "POST", None)


def _me(site: Site) -> str:
    return site.instance.rows("sys_user", f"user_name={USER}")[0]["sys_id"]


SAID: dict[Callable[[Site], None], list[tuple[str, str]]] = {
    row_is_hidden: [
        ("error", "the account sees no incident"),
        ("error", "incident: 1 row is there and the account sees none"),
    ],
    some_rows_are_hidden: [("warning", "of the first 3 rows the account does not see 2")],
    order_is_refused: [("error", "Give the account query_range on sys_id and sys_updated_on")],
    column_is_hidden: [("error", "incident.category is there and the account may not read it")],
    column_is_read_only: [("warning", "incident.u_desk_tier is read-only in the dictionary")],
    choices_are_too_few: [("error", "u_desk_clock has choices, and not paused, warned, breached, met, mis")],
    close_code_is_unknown: [("warning", 'no choice "Duplicat"; did you mean Duplicate?')],
    data_policy: [
        ("warning", 'data policy "Complete" makes business_service mandatory'),
        ("error", 'data policy "Complete" makes u_desk_tier read-only'),
    ],
    business_rule: [
        ("warning", 'business rule "Tidy up" writes assigned_to, too'),
        ("error", 'business rule "Tidy up" writes u_desk_tier, which is the connector\'s own'),
    ],
    auto_close: [
        ("warning", "resolved incidents close 1 day after their last update"),
        ("warning", "silence_counts_after is longer than auto-close (1 day)"),
    ],
    rate_rule: [("warning", 'rule "Integrations" allows 150 requests an hour')],
    another_release: [("warning", "release: Brazil is none of those that the connector knows")],
    basic_ends: [("warning", "closes to this account from 2999-01-01 00:00:00 on")],
    zone_is_odd: [("warning", "the account's time zone is Asia/Shanghai: set it to GMT")],
    is_admin: [("warning", "the account holds admin")],
    only_reads: [("error", "snc_read_only, which blocks every write")],
    knowledge_base_is_gone: [("error", "[publish] knowledge_base: there is none with the sys_id 000")],
    no_batches: [("warning", "the Batch API is not allowed to the account")],
}
"""What was arranged → level and part of each sentence about it."""

TOGETHER = (
    (row_is_hidden, close_code_is_unknown, auto_close, zone_is_odd, another_release),
    (some_rows_are_hidden, basic_ends, rate_rule, column_is_hidden),
    (order_is_refused, column_is_read_only, business_rule, no_batches),
    (choices_are_too_few, data_policy, knowledge_base_is_gone, only_reads),
    (is_admin,),
)


@pytest.mark.parametrize("arranged", TOGETHER)
def test_each_thing_that_is_not_right_is_said(
    site: Site, capsys: pytest.CaptureFixture[str], arranged: tuple[Callable[[Site], None], ...]
) -> None:
    """The level and a sentence each, and nothing else; nothing is changed on the instance."""
    for arrange in arranged:
        arrange(site)
    site.rest.requests.clear()
    code, told = look(site, capsys)
    said = [each for arrange in arranged for each in SAID[arrange]]
    assert code == int(any(level == "error" for level, _ in said))
    for level, part in said:
        assert any(level == found and part in text for found, text in told), told
    assert len(told) == len(said), told
    assert not any(logged.committed for logged in site.rest.requests)


def test_every_arrangement_is_tried() -> None:
    """None was forgotten."""
    assert {arrange for arranged in TOGETHER for arrange in arranged} == SAID.keys()


def test_a_table_too_large_to_count_ends_nothing(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """The quota cancels the count; the rest is looked at all the same."""
    site.faults.add(
        Fault.server_error(), lambda call: call.table == "sys_audit" and "sysparm_count" in call.params
    )
    assert main(["check", str(site.path), "--instance"]) == 0
    told = capsys.readouterr().out
    assert "sys_audit: was not counted in time" in told
    assert "the Batch API is allowed" in told


def test_an_account_without_roles_is_told_which(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """The role by what it gives."""
    site.instance.add_user("other", name="Other", password="only-for-this-test", roles=["sn_incident_read"])
    for table in ("sys_audit",):
        site.instance.allow("read", table, "sn_incident_read")
    site.change('user = "connector"', 'user = "other"')
    _, told = look(site, capsys)
    lacking = [text for level, text in told if level == "warning" and "does not hold" in text]
    assert any("sn_incident_write: it gives write incident, create incident_task" in text for text in lacking)


def test_a_ticket_that_is_named_is_written_with_what_stands_there(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    """--probe: one PATCH that changes nothing, not even the count; refused where the account may not "
    "write.
    """
    row = site.instance.rows("incident")[0]
    assert main(["check", str(site.path), "--probe", row["number"]]) == 0
    assert f"{row['number']} may be written, and equal values changed nothing" in capsys.readouterr().out
    assert sum(logged.method == "PATCH" for logged in site.rest.requests) == 1
    assert site.instance.get("incident", row["sys_id"]) == row

    site.faults.add(Fault.forbidden(), on("PATCH"))
    assert main(["check", str(site.path), "--probe", row["number"]]) == 1
    assert "a write of the values that stand there is refused" in capsys.readouterr().out
    assert main(["check", str(site.path), "--probe", "INC9999999"]) == 1
    assert "there is no incident INC9999999" in capsys.readouterr().out


def test_an_instance_that_writes_with_every_update_is_told(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    """The count moved between reading and answering: a warning, no error."""
    row = site.instance.rows("incident")[0]
    site.faults.add(
        Fault.between(lambda: site.instance.update("incident", row["sys_id"], {"description": "by a rule"})),
        on("PATCH"),
    )
    assert main(["check", str(site.path), "--probe", row["number"]]) == 0
    assert "a write of equal values counted as an update" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("Zurich", ""),
        ("glide-washingtondc-12-20-2023__patch9.zip", ""),
        ("Australia", "has no Core UI reports"),
    ],
)
def test_a_release_that_is_known_is_told(
    site: Site, capsys: pytest.CaptureFixture[str], name: str, more: str
) -> None:
    """By its name or by that of its build; with what is different on it."""
    site.instance.properties["glide.buildname"] = name
    main(["check", str(site.path), "--instance"])
    said = capsys.readouterr().out
    assert f"ok       release: {name}\n" in said
    assert more in said
