"""The update set as XML: header and children belong together, and what it says is what REST would make."""

from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from connector.install import Kind, Piece, blueprint, name_of, update_set, updates
from connector.settings import load

EXAMPLE = load(Path(__file__).parents[2] / "config.example.toml")
PIECES = blueprint(EXAMPLE)
NOW = 1_800_000_000


def text(element: ET.Element, name: str) -> str:
    """Of a child element."""
    return element.findtext(name) or ""


def records(xml: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Table and columns of each record in the payloads, choices one by one."""
    for update in ET.fromstring(xml).iter("sys_update_xml"):
        outer = ET.fromstring(text(update, "payload").encode())[0]
        inner = [each for each in outer if each.get("action")] or [outer]
        for each in inner:
            yield each.tag, {column.tag: column.text or "" for column in each}


def test_every_child_belongs_to_the_header() -> None:
    """Else the commit says nothing and installs nothing."""
    root = ET.fromstring(update_set(PIECES, NOW))
    header = root.find("sys_remote_update_set")
    assert header is not None
    assert text(header, "state") == "loaded"
    assert text(header, "name") == name_of(PIECES)
    children = root.findall("sys_update_xml")
    assert len(children) == len(updates(PIECES))
    assert {text(child, "remote_update_set") for child in children} == {text(header, "sys_id")}
    assert len({text(child, "sys_id") for child in children}) == len(children)
    assert len({text(child, "name") for child in children}) == len(children)
    assert all(-(2**31) <= int(text(child, "payload_hash")) < 2**31 for child in children)


def test_names_are_the_platforms() -> None:
    """Coalescing goes by them."""
    names = {update.name for update in updates(PIECES)}
    assert {
        "sys_dictionary_incident_u_desk_marks",
        "sys_documentation_incident_u_desk_marks_en",
        "sys_choice_incident_u_desk_clock",
        "sys_dictionary_incident_task_u_desk_score",
    } <= names


def test_it_holds_every_piece_with_its_values_and_id() -> None:
    """So that install --verify and uninstall know what came by a set."""
    told = {(table, row["sys_id"]): row for table, row in records(update_set(PIECES, NOW))}
    for piece in PIECES:
        assert told[piece.table, piece.sys_id] == {**piece.fields, "sys_id": piece.sys_id}


def test_the_same_configuration_gives_the_same_set() -> None:
    """Loaded twice it is one; another configuration has another name."""
    first, second = (ET.fromstring(update_set(PIECES, now)) for now in (NOW, NOW + 60))
    assert first.findtext("sys_remote_update_set/sys_id") == second.findtext("sys_remote_update_set/sys_id")
    assert name_of(PIECES[1:]) != name_of(PIECES)


@given(st.text(st.characters(min_codepoint=32, exclude_categories=["Cs"], exclude_characters="\ufffe\uffff")))
def test_no_label_breaks_the_file(label: str) -> None:
    """Also one with `]]>`, quotes and brackets."""
    rest = {"column_label": label, "internal_type": "string"}
    piece = Piece(Kind.COLUMN, "incident.u_x", {"name": "incident", "element": "u_x"}, rest, "a test")
    told = dict(records(update_set([piece], NOW)))
    assert told["sys_dictionary"]["column_label"] == label
    assert told["sys_documentation"]["label"] == label
