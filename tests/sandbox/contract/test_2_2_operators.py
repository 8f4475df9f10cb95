"""Section 2.2: the operators."""

from collections.abc import Callable
from typing import Any

import pytest

Find = Callable[..., list[str]]

EMPTY = dict.fromkeys(
    ("category", "order", "reassignment_count", "follow_up", "due_date", "caller_id", "close_notes"), ""
)
ROWS = {
    "a": {"category": "network", "order": "1", "reassignment_count": "0", "close_notes": "SAP outage"},
    "b": {"category": "software", "order": "2", "reassignment_count": "2", "close_notes": "sap 打印机"},
    "c": {"category": "Network", "order": "10", "reassignment_count": "4", "close_notes": "Printer, 100%"},
    "d": {},
}
DATES = {
    # It is Monday 2023-11-20 01:00:00 UTC.
    "a": {"follow_up": "2023-11-19 23:00:00", "due_date": "2023-11-19 10:00:00"},
    "b": {"follow_up": "2023-11-20 00:30:00", "due_date": "2023-11-24 00:30:01"},
    "c": {"follow_up": "2023-10-02 12:00:00", "due_date": "2023-12-31 12:00:00"},
}


@pytest.fixture
def find(wire: Any) -> Find:
    """Four incidents a to d, of which d has nothing filled in."""
    people = {name: wire.instance.add_user(name.lower(), name=name) for name in ("Don Goodliffe", "Wang Wei")}
    callers = {"a": people["Don Goodliffe"], "b": people["Wang Wei"], "c": people["Don Goodliffe"]}
    for name, fields in ROWS.items():
        made = wire.instance.insert("incident", {"short_description": name})
        given = EMPTY | fields | DATES.get(name, {}) | {"caller_id": callers.get(name, "")}
        wire.instance.update("incident", made["sys_id"], given, suppress=True)

    def ask(query: str, table: str = "incident") -> list[str]:
        rows = wire.result(f"/api/now/table/{table}", sysparm_query=query, sysparm_fields="short_description")
        return sorted(row["short_description"] for row in rows)

    return ask


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("order=2", "b"),
        ("order!=2", "acd"),
        ("order<10", "ab"),
        ("order<=10", "abc"),
        ("order>2", "c"),
        ("order>=2", "bc"),
        ("category<s", "ac"),
        ("category>=s", "b"),
        ("orderIN1,10", "ac"),
        ("orderNOT IN1,10", "bd"),
        ("close_notesSTARTSWITHsap", "ab"),
        ("close_notesENDSWITHoutage", "a"),
        ("close_notes%outage", "a"),
        ("close_notesENDSWITH100%", "c"),
        ("close_notesLIKE打印", "b"),
        ("close_notes*sap", "ab"),
        ("close_notesCONTAINSPRINTER", "c"),
        ("close_notesNOT LIKEsap", "cd"),
        ("close_notes!*sap", "cd"),
        ("close_notesDOES NOT CONTAINsap", "cd"),
        ("categoryISEMPTY", "d"),
        ("categoryISNOTEMPTY", "abc"),
        ("orderEMPTY", "d"),
        ("orderNOTEMPTY", "abc"),
        ("categoryEMPTYSTRING", "d"),
        ("categoryANYTHING", "abcd"),
        ("orderBETWEEN1@2", "ab"),
        ("close_notesBETWEENq@t", "ab"),
        ("orderSAMEASreassignment_count", "bd"),
        ("orderNSAMEASreassignment_count", "ac"),
        ("orderGT_FIELDreassignment_count", "ac"),
        ("orderLT_FIELDreassignment_count", ""),
        ("orderGT_OR_EQUALS_FIELDreassignment_count", "abc"),
        ("orderLT_OR_EQUALS_FIELDreassignment_count", "b"),
        ("knowledge!=true", "abcd"),
    ],
)
def test_values(find: Find, query: str, names: str) -> None:
    """Strings, numbers, lists, parts, emptiness, ranges, two columns."""
    assert find(query) == list(names)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("caller_idSTARTSWITHDon", "ac"),
        ("caller_idENDSWITHwei", "b"),
        ("caller_idLIKEon", "ac"),
        ("caller_idNOT LIKEon", "bd"),
        ("caller_id=Wang Wei", ""),
    ],
)
def test_references_by_what_they_show(find: Find, query: str, names: str) -> None:
    """Parts of the display value; `=` is the sys_id."""
    assert find(query) == list(names)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("follow_up>2023-11-19 23:00:00", "b"),
        ("follow_up<2023-11-19", "c"),
        ("follow_upBETWEENjavascript:gs.daysAgoStart(1)@javascript:gs.daysAgoEnd(0)", "ab"),
        ("follow_upONToday@javascript:gs.daysAgoStart(0)@javascript:gs.daysAgoEnd(0)", "b"),
        ("follow_upNOTONToday@javascript:gs.daysAgoStart(0)@javascript:gs.daysAgoEnd(0)", "acd"),
        ("follow_upSAMEASdue_date@day", "ad"),
        ("follow_upSAMEASdue_date@week", "abd"),
        ("follow_upSAMEASdue_date@quarter", "abcd"),
        ("follow_upNSAMEASdue_date@month", "c"),
        ("follow_upMORETHANdue_date@day@before@4", "bc"),
        ("follow_upMORETHANdue_date@month@before@3", ""),
        ("follow_upLESSTHANdue_date@day@before@5", "b"),
        ("follow_upMORETHANdue_date@hour@after@12", "a"),
        ("follow_upLESSTHANdue_date@day@before or after@5", "ab"),
        ("follow_upRELATIVEGT@hour@ago@3", "ab"),
        ("follow_upRELATIVEGT@minute@ago@30", ""),
        ("follow_upRELATIVEGE@minute@ago@30", "b"),
        ("follow_upRELATIVELT@month@ago@1", "c"),
        ("follow_upRELATIVELE@minute@ago@120", "ac"),
        ("follow_upRELATIVEEE@dayofweek@ago@1", "a"),
        ("follow_upRELATIVEEE@quarter@ago@0", "abc"),
        ("due_dateRELATIVEGT@dayofweek@ahead@3", "bc"),
        ("due_dateRELATIVELT@year@ahead@1", "abc"),
        ("follow_upDATEPARTMonday@javascript:gs.datePart('dayofweek','monday','EE')", "bc"),
        ("follow_upDATEPARTMonday@javascript:gs.datePart('dayofweek','monday','LT')", "a"),
        ("follow_upDATEPARTMonday@javascript:gs.datePart('dayofweek','monday','GE')", "bc"),
        ("follow_upDATEPARTOctober@javascript:gs.datePart('month','oct','EE')", "c"),
        ("due_dateDATEPARTQuarter 4@javascript:gs.datePart('quarter','4','EE')", "abc"),
        ("due_dateDATEPART2024@javascript:gs.datePart('year','2024','LT')", "abc"),
        ("follow_upDATEPARTNoon hour@javascript:gs.datePart('hour','12','EE')", "c"),
        ("follow_upDATEPARTWeek 46@javascript:gs.datePart('week','46','EE')", "a"),
    ],
)
def test_dates(find: Find, query: str, names: str) -> None:
    """On, between, same, more and less than, relative, by part; a record without dates is `not on` any."""
    assert find(query) == list(names)


def test_dynamic(wire: Any, find: Find) -> None:
    """Me, one of my groups, and any option whose script says the same; the groups also as a call."""
    me = wire.instance.rows("sys_user", "user_name=connector")[0]["sys_id"]
    group = wire.instance.add_group("Mine", members=["connector"])
    wire.instance.insert("incident", {"short_description": "m", "caller_id": me, "assignment_group": group})
    own = wire.instance.insert("sys_filter_option_dynamic", {"label": "I", "script": "gs.getUserID()"})
    for option in ("54635e965f510100a9ad2572f2b4774c", "90d1921e5f510100a9ad2572f2b477fe", own["sys_id"]):
        assert find(f"caller_idDYNAMIC{option}") == ["m"]
    assert find("assignment_groupDYNAMICd6435e965f510100a9ad2572f2b47744") == ["m"]
    assert find("assignment_groupINjavascript:getMyGroups()") == ["m"]
    assert find("assignment_groupNOT INjavascript:gs.getUser().getMyGroups()") == list("abcd")
    refused = wire.get("/api/now/table/incident", params={"sysparm_query": f"caller_idDYNAMIC{'0' * 32}"})
    assert refused.status_code == 400


def test_hierarchies(wire: Any, find: Find) -> None:
    """A manager and everybody below; the definition's sys_id stands before the `@`, which may be `%40`."""
    chain = [""]
    for name in ("boss", "lead", "hand"):
        chain.append(wire.instance.add_user(name, name=name, manager=chain[-1]))
        wire.instance.insert("incident", {"short_description": name, "caller_id": chain[-1]})
    definition = "fdd0fa0f93f5d2505bd0bd886cba1015"
    assert find(f"caller_idIN_HIERARCHY{definition}@{chain[2]}") == ["hand", "lead"]
    assert find(f"caller_idIN_HIERARCHY{definition}%40{chain[1]}") == ["boss", "hand", "lead"]
    wire.instance.set_password("lead", "secret")
    me = "90d1921e5f510100a9ad2572f2b477fe"
    wire.instance.insert("sys_user_has_role", {"user": chain[2], "role": wire.instance.add_role("itil")})
    wire.session.cookies.clear()
    wire.auth = ("lead", "secret")
    assert find(f"caller_idIN_HIERARCHY_DYNAMIC{definition}@{me}") == ["hand", "lead"]


def test_classes(wire: Any, find: Find) -> None:
    """INSTANCEOF finds the class and those below it."""
    wire.instance.insert("problem", {"short_description": "p"})
    assert find("sys_class_nameINSTANCEOFtask", "task") == list("abcdp")
    assert find("sys_class_nameINSTANCEOFproblem", "task") == ["p"]


def test_tags(wire: Any, find: Find) -> None:
    """`=` has the tag, DOESNOTHAVE has others only, EXCLUDING does not have this one."""
    tags = [wire.instance.insert("label", {"name": name})["sys_id"] for name in ("Most Active", "Other")]
    rows = {row["short_description"]: row["sys_id"] for row in wire.instance.rows("incident")}
    for name, tag in (("a", tags[0]), ("b", tags[0]), ("b", tags[1]), ("c", tags[1])):
        entry = {"label": tag, "table": "incident", "table_key": rows[name]}
        wire.instance.insert("label_entry", entry)
    path = f"sys_tags.{tags[0]}"
    assert find(f"{path}={tags[0]}") == ["a", "b"]
    assert find(f"{path}DOESNOTHAVE{tags[0]}") == ["c"]
    assert find(f"{path}EXCLUDING{tags[0]}") == ["c", "d"]


def test_dialects(wire: Any, find: Find) -> None:
    """Two switches of section 9.11: what `!=` makes of nothing, and whether case counts."""
    wire.instance.switch("unequal_finds_empty", False)
    assert find("category!=network") == ["b"]
    assert find("orderNOT IN1,2") == ["c"]
    assert find("close_notesNOT LIKEsap") == ["c"]
    assert find("knowledge!=true") == list("abcd")
    wire.instance.switch("unequal_finds_empty", True)
    wire.instance.switch("ignores_case", False)
    assert find("category=network") == ["a"]
    assert find("close_notesLIKEsap") == ["b"]
    assert find("close_notesSTARTSWITHSAP") == ["a"]
    assert find("close_notesENDSWITHOutage") == []
    assert find("close_notesNOT LIKEsap") == ["a", "c", "d"]
    wire.instance.switch("ignores_case", True)
    assert find("category=network") == ["a", "c"]
