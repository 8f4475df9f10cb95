"""Who works at the desk and who calls it: groups, consultants with their shifts, callers, companies."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from connector.sandbox.desk.rhythm import EARLY, LATE, NIGHT, OFFICE, WEEKEND, Hours
from connector.sandbox.instance import Instance

MAIN = ("Service Desk", ("Network Operations", "ERP Support", "Infrastructure"))
SOUTH = ("Service Desk South", ("Field Support South",))
VENDOR = "Vendor Support"
LEAD = "lead.zhao"
"""The contractor's maintenance lead (R-C4)."""
JOB = "system"
"""Who closes tickets by the clock."""
MONITOR = "monitoring"
"""The account under which monitoring opens tickets."""

SPECIALITIES = {"network": "Network Operations", "software": "ERP Support", "database": "ERP Support"}
"""Category → the main desk's second line for it; any other goes to Infrastructure."""

_STAFF: Mapping[str, tuple[tuple[str, str, Hours], ...]] = {
    "Service Desk": (
        ("wang.fang", "王芳", EARLY),
        ("li.na", "李娜", EARLY),
        ("zhang.wei", "张伟", EARLY),
        ("emma.clark", "Emma Clark", LATE),
        ("liu.yang", "刘洋", LATE),
        ("chen.jing", "陈静", LATE),
        ("yang.lei", "杨磊", NIGHT),
        ("zhao.min", "赵敏", WEEKEND),
    ),
    "Network Operations": (
        ("huang.qiang", "黄强", EARLY),
        ("zhou.jie", "周杰", LATE),
        ("tom.baker", "Tom Baker", OFFICE),
        ("wu.bo", "吴波", OFFICE),
        ("xu.peng", "徐鹏", WEEKEND),
    ),
    "ERP Support": (
        ("sun.li", "孙丽", OFFICE),
        ("ma.chao", "马超", OFFICE),
        ("priya.nair", "Priya Nair", OFFICE),
        ("zhu.ting", "朱婷", LATE),
        ("hu.bin", "胡斌", WEEKEND),
    ),
    "Infrastructure": (
        ("guo.feng", "郭峰", OFFICE),
        ("he.jun", "何军", LATE),
        ("david.kim", "David Kim", OFFICE),
        ("gao.yan", "高燕", WEEKEND),
    ),
    "Vendor Support": (
        ("vendor.lin", "林志远", OFFICE),
        ("vendor.novak", "Petr Novak", OFFICE),
        ("vendor.luo", "罗娟", OFFICE),
    ),
    "Service Desk South": (
        ("liang.hui", "梁慧", EARLY),
        ("tang.xin", "唐欣", LATE),
        ("grace.ho", "Grace Ho", EARLY),
        ("deng.kai", "邓凯", WEEKEND),
    ),
    "Field Support South": (
        ("cai.ming", "蔡明", OFFICE),
        ("peng.yu", "彭宇", OFFICE),
        ("jack.lam", "Jack Lam", LATE),
    ),
}

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾萧田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
)
_GIVEN = (
    *"伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平",
    *("秀英", "志刚", "桂英", "文博", "雨桐", "子涵", "晓东", "建国", "海燕"),
)
_FIRST = (
    *("Alice", "Ben", "Carla", "Daniel", "Eva", "Felix", "Hannah", "Ivan"),
    *("Julia", "Kevin", "Laura", "Marco", "Nina", "Oscar", "Paula", "Rita"),
)
_LAST = ("Meyer", "Smith", "Novak", "Rossi", "Tanaka", "Silva", "Jensen", "Kowalski", "Martin", "Okafor")
_COMPANIES = ("华东制造有限公司", "Huadong Logistics", "南方装备公司")
_PLACES = (("上海总部", "上海"), ("苏州工厂", "苏州"), ("广州分公司", "广州"), ("深圳研发中心", "深圳"))


class Consultant(NamedTuple):
    """Somebody who works on tickets."""

    sys_id: str
    user_name: str
    name: str
    group: str
    hours: Hours


class Caller(NamedTuple):
    """Somebody who has tickets.

    ``language`` is ``"zh"`` or ``"en"``; ``south`` is the region of the second desk.
    """

    sys_id: str
    user_name: str
    name: str
    language: str
    south: bool
    company: str
    location: str


@dataclass(slots=True)
class Crew:
    """Everybody, and the groups by name and by sys_id."""

    groups: dict[str, str] = field(default_factory=dict)
    members: dict[str, list[Consultant]] = field(default_factory=dict)
    people: dict[str, Consultant] = field(default_factory=dict)
    callers: list[Caller] = field(default_factory=list)
    lead: str = ""

    def named(self, group: str) -> str:
        """The name of a group by its sys_id, or empty."""
        return next((name for name, sys_id in self.groups.items() if sys_id == group), "")

    def present(self, group: str, at: int, *, all_hands: bool = False) -> list[Consultant]:
        """Who of the group (by name) is at work at ``at``; with ``all_hands``, then the others too."""
        members = self.members.get(group, [])
        present = [person for person in members if person.hours.is_open(at)]
        return present + [person for person in members if person not in present] if all_hands else present

    def when_present(self, group: str, at: int) -> int:
        """The earliest instant from ``at`` on at which somebody of the group is at work."""
        members = self.members.get(group)
        return min(person.hours.opening(at) for person in members) if members else at


def first_line(south: bool) -> str:
    """The group that takes the calls of a region."""
    return SOUTH[0] if south else MAIN[0]


def second_line(group: str, category: str) -> str:
    """Where a first line's ticket of that category goes when it is beyond it."""
    return SOUTH[1][0] if group == SOUTH[0] else SPECIALITIES.get(category, "Infrastructure")


def tier(group: str) -> int:
    """0 for a first line, 1 for a second, 2 for the vendor."""
    if group in (MAIN[0], SOUTH[0]):
        return 0
    return 2 if group == VENDOR else 1


def hire(instance: Instance, rng: random.Random, callers: int = 150) -> Crew:
    """Put everybody into the instance who is not there yet, and say who they are."""
    crew = Crew()
    for group, staff in _STAFF.items():
        crew.members[group] = []
        ids = []
        for user_name, name, hours in staff:
            sys_id = _person(instance, user_name, name, title="运维顾问")
            person = Consultant(sys_id, user_name, name, group, hours)
            crew.members[group].append(person)
            crew.people[sys_id] = person
            ids.append(sys_id)
        crew.groups[group] = _group(instance, group, ids)
    crew.lead = _person(instance, LEAD, "赵建国", title="维护负责人")
    crew.people[crew.lead] = Consultant(crew.lead, LEAD, "赵建国", "", LATE)
    _person(instance, MONITOR, "Monitoring")
    _person(instance, JOB, "System")
    companies = [_once(instance, "core_company", name, {"customer": "true"}) for name in _COMPANIES]
    places = [_once(instance, "cmn_location", name, {"city": city}) for name, city in _PLACES]
    for number in range(callers):
        crew.callers.append(_caller(instance, rng, number, companies, places))
    return crew


def _caller(
    instance: Instance, rng: random.Random, number: int, companies: Sequence[str], places: Sequence[str]
) -> Caller:
    language = "zh" if rng.random() < 0.7 else "en"
    if language == "zh":
        name = rng.choice(_SURNAMES) + rng.choice(_GIVEN)
    else:
        name = f"{rng.choice(_FIRST)} {rng.choice(_LAST)}"
    place = rng.choices(range(4), (5, 3, 2, 1))[0]
    company = companies[2] if place >= 2 else rng.choice(companies[:2])
    user_name = f"caller.{number + 1:03d}"
    vip = {"vip": "true"} if number % 40 == 7 else {}
    sys_id = _person(instance, user_name, name, company=company, location=places[place], **vip)
    return Caller(sys_id, user_name, name, language, place >= 2, company, places[place])


def _person(instance: Instance, user_name: str, name: str, **fields: str) -> str:
    found = instance.rows("sys_user", f"user_name={user_name}", limit=1)
    if found:
        return found[0]["sys_id"]
    fields = {"email": f"{user_name}@desk.example", **fields}
    return instance.add_user(user_name, name=name, **fields)


def _group(instance: Instance, name: str, members: Sequence[str]) -> str:
    found = instance.rows("sys_user_group", f"name={name}", limit=1)
    if not found:
        return instance.add_group(name, members=members)
    group = found[0]["sys_id"]
    have = {row["user"] for row in instance.rows("sys_user_grmember", f"group={group}")}
    for user in members:
        if user not in have:
            instance.insert("sys_user_grmember", {"user": user, "group": group})
    return group


def _once(instance: Instance, table: str, name: str, fields: Mapping[str, str]) -> str:
    found = instance.rows(table, f"name={name}", limit=1)
    return found[0]["sys_id"] if found else instance.insert(table, {"name": name, **fields})["sys_id"]
