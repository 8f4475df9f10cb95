"""What goes on beside the tickets: changes, releases, problems and a complaint, in order and otherwise.

Each week has the same few of each, so that whoever looks after them has something to find: a change that goes
through all its steps and one that skips them, an emergency nobody makes up for, a release without a scope, a
problem that is seen through and one that lies, a crisis that is looked into and one that is not.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from connector.sandbox.desk.matter import Text
from connector.sandbox.desk.people import LEAD, MAIN
from connector.sandbox.desk.rhythm import DAY, midnight, weekday
from connector.sandbox.desk.story import HOUR, MINUTE
from connector.sandbox.moment import stamp

if TYPE_CHECKING:
    from connector.sandbox.desk.floor import Desk

_WEEK = 7 * DAY
_CHANGER, _MENDER = "guo.feng", "sun.li"


class _Step(NamedTuple):
    """What somebody writes, so long after Monday's midnight."""

    day: int
    hour: float
    fields: Mapping[str, str | Text | float]
    """A number is a date: hours after that midnight."""


_NORMAL: Sequence[_Step] = (
    _Step(
        0,
        9.5,
        {
            "type": "normal",
            "short_description": Text("核心交换机固件升级", "Core switch firmware upgrade"),
            "justification": Text("厂商安全公告", "Security advisory of the vendor"),
            "implementation_plan": Text("逐台升级并验证", "One switch after the other, each verified"),
            "start_date": 2 * 24 + 20,
            "end_date": 2 * 24 + 22,
        },
    ),
    _Step(
        0,
        14,
        {
            "state": "-4",
            "risk_impact_analysis": Text("夜间短暂中断", "Short interruptions at night"),
            "backout_plan": Text("回退旧版本固件", "The old firmware again"),
        },
    ),
    _Step(0, 16, {"state": "-3"}),
    _Step(1, 10, {"state": "-2", "approval": "approved"}),
    _Step(2, 20.1, {"state": "-1"}),
    _Step(2, 21.5, {"state": "0"}),
    _Step(
        3,
        9,
        {"state": "3", "close_code": "successful", "close_notes": Text("全部升级完成", "All of them done")},
    ),
)
_HASTY: Sequence[_Step] = (
    _Step(
        0,
        11,
        {
            "type": "normal",
            "short_description": Text("ERP 数据库参数调整", "ERP database parameters"),
            "justification": Text("月结缓慢", "Month-end is slow"),
            "start_date": 24 + 19,
            "end_date": 24 + 20,
        },
    ),
    _Step(1, 19.2, {"state": "-4"}),
    _Step(1, 19.25, {"state": "-3"}),
    _Step(1, 19.3, {"state": "-2"}),
    _Step(1, 19.4, {"state": "-1"}),
    _Step(1, 20.8, {"state": "0"}),
    _Step(2, 9, {"state": "3"}),
)
_EMERGENCY: Sequence[_Step] = (
    _Step(0, 21.8, {"type": "emergency", "short_description": Text("更换故障硬盘", "Failed disk replaced")}),
    _Step(0, 21.9, {"state": "-3"}),
    _Step(0, 21.95, {"state": "-2"}),
    _Step(0, 22, {"state": "-1"}),
    _Step(0, 22.5, {"state": "0"}),
)
_RELEASE: Sequence[_Step] = (
    _Step(
        0,
        15,
        {
            "type": "release",
            "short_description": Text("报销系统 4.2 发布", "Release of expenses 4.2"),
            "description": Text("新增发票识别", "Invoices are recognised"),
            "start_date": 3 * 24 + 18,
            "end_date": 3 * 24 + 20,
        },
    ),
)
_SEEN_THROUGH: Sequence[_Step] = (
    _Step(0, 10, {"short_description": Text("打印队列反复堵塞", "Print queues block again and again")}),
    _Step(0, 11, {"state": "102"}),
    _Step(1, 15, {"state": "103", "cause_notes": Text("驱动内存泄漏", "The driver leaks memory")}),
    _Step(2, 11, {"state": "104", "fix_notes": Text("统一更换驱动", "Another driver everywhere")}),
    _Step(3, 16, {"state": "106"}),
)
_LYING: Sequence[_Step] = (
    _Step(0, 9.8, {"short_description": Text("VPN 每周一掉线", "VPN drops every Monday")}),
    _Step(0, 13, {"state": "102"}),
)
_COMPLAINT = Text("投诉：工单两天无人回复", "Complaint: nobody answered for two days")


class Office:
    """Plans all of it for the weeks that the desk is played."""

    def __init__(self, desk: "Desk", start: int, end: int) -> None:
        self._desk = desk
        self._records: dict[tuple[str, int], str] = {}
        """(what, Monday) → sys_id."""
        stories = (
            ("change_request", "normal", _CHANGER, _NORMAL),
            ("change_request", "hasty", _MENDER, _HASTY),
            ("change_request", "emergency", _CHANGER, _EMERGENCY),
            ("change_request", "release", _MENDER, _RELEASE),
            ("problem", "seen through", _MENDER, _SEEN_THROUGH),
            ("problem", "lying", _CHANGER, _LYING),
        )
        first = midnight(start)
        monday = first - weekday(first) * DAY
        while monday < end:
            for table, what, who, steps in stories:
                # A story that began before the desk did is not told at all.
                if start <= monday + steps[0].day * DAY + round(steps[0].hour * HOUR):
                    for step in steps:
                        at = monday + step.day * DAY + round(step.hour * HOUR)
                        if at < end:
                            desk.plan(at, self._write, table, what, monday, who, step)
            for at, action in (
                (monday + 2 * DAY + 10 * HOUR + 7 * MINUTE, self._complain),
                (monday + 4 * DAY + 10 * HOUR, self._review),
            ):
                if start <= at < end:
                    desk.plan(at, action)
            monday += _WEEK

    def _write(self, at: int, table: str, what: str, monday: int, who: str, step: _Step) -> None:
        fields = {}
        for column, value in step.fields.items():
            if isinstance(value, Text):
                fields[column] = value.zh
            elif isinstance(value, str):
                fields[column] = value
            else:
                fields[column] = stamp(monday + round(value * HOUR))
        known = self._records.get((what, monday))
        if known is None:
            self._records[what, monday] = self._desk.instance.insert(table, fields, user=who)["sys_id"]
        else:
            self._desk.instance.update(table, known, fields, user=who)

    def _complain(self, at: int) -> None:
        """A caller complains; the first line finds it in its queue."""
        desk = self._desk
        caller = next(caller for caller in desk.crew.callers if not caller.south)
        fields = {
            "short_description": _COMPLAINT.told(caller.language),
            "category": "complaint",
            "impact": "2",
            "urgency": "2",
            "contact_type": "phone",
            "caller_id": caller.sys_id,
            "assignment_group": desk.crew.groups[MAIN[0]],
        }
        desk.instance.insert("incident", fields, user=caller.user_name)

    def _review(self, at: int) -> None:
        """The lead looks into the last crisis that is over, and into no other."""
        desk = self._desk
        over = "impact=1^urgency=1^stateIN6,7^problem_idISEMPTY^ORDERBYDESCopened_at"
        rows = desk.instance.rows("incident", over, limit=1)
        if rows:
            fields = {
                "short_description": "重大事件复盘 Review of the major incident",
                "first_reported_by_task": rows[0]["sys_id"],
            }
            problem = desk.instance.insert("problem", fields, user=LEAD)["sys_id"]
            desk.instance.update("incident", rows[0]["sys_id"], {"problem_id": problem}, user=LEAD)
