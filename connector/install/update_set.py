"""The wanted pieces as an update set (XML), for instances where a change board wants to see it first. Pure.

Structure, names and the link of each child to its header: §6.2 of the contract. A child whose
`remote_update_set` is not the header's sys_id commits without an error and installs nothing. How the platform
computes `payload_hash` is not published; ours is a check sum, and hand-made sets are taken without.
"""

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from itertools import groupby
from typing import NamedTuple
from xml.sax.saxutils import escape, quoteattr
from zlib import crc32

from connector.install.blueprint import Kind, Piece
from connector.install.survey import UPDATE_SET
from connector.instant import platform_time
from connector.ticket import Instant

_GLOBAL = '<application display_value="Global">global</application>'


class Update(NamedTuple):
    """One child: one record, or all choices of one column."""

    name: str
    table: str
    """Of the update: the table that is changed, or empty."""
    kind: str
    target: str
    payload: str


def name_of(pieces: Sequence[Piece]) -> str:
    """Of the set: another one for other contents."""
    return f"{UPDATE_SET} {_digest(updates(pieces))[:8]}"


def updates(pieces: Sequence[Piece]) -> tuple[Update, ...]:
    """Each piece as the platform names and exports it; columns first."""
    return tuple(_updates(pieces))


def update_set(pieces: Sequence[Piece], now: Instant) -> str:
    """The XML of the file. The same pieces give the same sys_ids, so that loading it twice makes one set."""
    children = updates(pieces)
    digest = _digest(children)
    header = _sys_id("sys_remote_update_set", digest)
    at = platform_time(now)
    name = name_of(pieces)
    stamps = _stamps(at)
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<unload unload_date="{at}">',
        '<sys_remote_update_set action="INSERT_OR_UPDATE">',
        f"{_GLOBAL}<application_name>Global</application_name><application_scope>global</application_scope>",
        "<application_version/><collisions/><commit_date/><deleted/>",
        "<description>Columns, choices, saved lists and reports of the desk policy connector</description>",
        f'<inserted/>{_tag("name", name)}<origin_sys_id/><parent display_value=""/><release_date/>',
        f'<remote_base_update_set display_value=""/><remote_parent_id/>{_tag("remote_sys_id", header)}',
        "<state>loaded</state><summary/><sys_class_name>sys_remote_update_set</sys_class_name>",
        f'{stamps}{_tag("sys_id", header)}<update_set display_value=""/><update_source display_value=""/>',
        "<updated/>",
        "</sys_remote_update_set>",
    ]
    lines += [_child(child, header, name, now, stamps) for child in children]
    return "\n".join([*lines, "</unload>", ""])


def _child(child: Update, header: str, name: str, now: Instant, stamps: str) -> str:
    sys_id = _sys_id("sys_update_xml", child.name)
    payload = child.payload.replace("]]>", "]]]]><![CDATA[>")
    checksum = crc32(child.payload.encode())
    signed = checksum - 2**32 if checksum >= 2**31 else checksum
    return (
        f'<sys_update_xml action="INSERT_OR_UPDATE"><action>INSERT_OR_UPDATE</action>{_GLOBAL}'
        ""
        f"<category>customer</category><comments/>{_tag('name', child.name)}"
        f"<payload><![CDATA[{payload}]]></payload>"
        f"<payload_hash>{signed}</payload_hash>"
        f"<remote_update_set display_value={quoteattr(name)}>{header}</remote_update_set>"
        f"<replace_on_upgrade>false</replace_on_upgrade>{stamps}{_tag('sys_id', sys_id)}"
        f"<sys_recorded_at>{now * 1000:x}</sys_recorded_at>{_tag('table', child.table)}"
        f"{_tag('target_name', child.target)}{_tag('type', child.kind)}<update_domain>global</update_domain>"
        f"{_tag('update_guid', _sys_id('update_guid', child.payload))}<update_guid_history/>"
        '<update_set display_value=""/><view/></sys_update_xml>'
    )


def _updates(pieces: Sequence[Piece]) -> Iterator[Update]:
    for piece in pieces:
        if piece.kind is Kind.COLUMN:
            yield from _column(piece)
    chosen = [piece for piece in pieces if piece.kind is Kind.CHOICE]
    for (table, element), group in groupby(chosen, lambda piece: (piece.key["name"], piece.key["element"])):
        rows = "".join(
            f'<sys_choice action="INSERT_OR_UPDATE">{_fields(piece)}</sys_choice>' for piece in group
        )
        outer = f'<sys_choice action="INSERT_OR_UPDATE" field={quoteattr(element)} table={quoteattr(table)}'
        yield Update(
            f"sys_choice_{table}_{element}",
            table,
            "Choice list",
            element,
            _payload(f'{outer} version="1">{rows}</sys_choice>'),
        )
    for piece in pieces:
        if piece.kind in (Kind.LIST, Kind.REPORT):
            yield Update(
                f"{piece.table}_{piece.sys_id}",
                piece.key["table"],
                "Filter" if piece.kind is Kind.LIST else "Report",
                piece.name,
                _payload(
                    f'<{piece.table} action="INSERT_OR_UPDATE">{_fields(piece)}</{piece.table}>', piece.table
                ),
            )


def _column(piece: Piece) -> Iterator[Update]:
    table, element = piece.key["name"], piece.key["element"]
    label = piece.rest["column_label"]
    where = f"element={quoteattr(element)} table={quoteattr(table)}"
    yield Update(
        f"sys_dictionary_{table}_{element}",
        table,
        "Dictionary",
        label,
        _payload(f'<sys_dictionary action="INSERT_OR_UPDATE" {where}>{_fields(piece)}</sys_dictionary>'),
    )
    told = {"element": element, "label": label, "language": "en", "name": table, "plural": label}
    told["sys_id"] = _sys_id("sys_documentation", f"{table}.{element}.en")
    body = "".join(_tag(name, value) for name, value in told.items())
    yield Update(
        f"sys_documentation_{table}_{element}_en",
        table,
        "Field Label",
        label,
        _payload(
            f'<sys_documentation element={quoteattr(element)} label={quoteattr(label)} language="en" '
            f"table={quoteattr(table)}><sys_documentation "
            f'action="INSERT_OR_UPDATE">{body}</sys_documentation>'
            "</sys_documentation>"
        ),
    )


def _payload(inner: str, table: str = "") -> str:
    of = f" table={quoteattr(table)}" if table else ""
    return f'<?xml version="1.0" encoding="UTF-8"?><record_update{of}>{inner}</record_update>'


def _fields(piece: Piece) -> str:
    told: Mapping[str, str] = {**piece.fields, "sys_id": piece.sys_id}
    return "".join(_tag(name, told[name]) for name in sorted(told))


def _tag(name: str, value: str) -> str:
    return f"<{name}>{escape(value)}</{name}>" if value else f"<{name}/>"


def _stamps(at: str) -> str:
    by = "<sys_created_by>desk-connector</sys_created_by>"
    changed = "<sys_updated_by>desk-connector</sys_updated_by>"
    return (
        f"{by}<sys_created_on>{at}</sys_created_on><sys_mod_count>0</sys_mod_count>"
        f"{changed}<sys_updated_on>{at}</sys_updated_on>"
    )


def _digest(children: Sequence[Update]) -> str:
    return sha256("\n".join(f"{child.name}\n{child.payload}" for child in children).encode()).hexdigest()


def _sys_id(kind: str, text: str) -> str:
    return sha256(f"desk-policy-connector\0{kind}\0{text}".encode()).hexdigest()[:32]
