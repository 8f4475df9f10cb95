"""The survey after a ticket: an `asmt_assessment_instance`, and its answers if there are any (R-D4)."""

from functools import cached_property
from hashlib import blake2b
from typing import TYPE_CHECKING

from connector.sandbox.desk.life import Life
from connector.sandbox.desk.story import HOUR
from connector.sandbox.moment import stamp

if TYPE_CHECKING:
    from connector.sandbox.desk.floor import Desk

NAME = "IT 服务满意度 IT satisfaction"
QUESTIONS = ("专业技术能力", "事件响应和解决", "服务态度", "沟通表达能力")
"""Professional skill; response and resolution; attitude; communication."""
SENT_SHARE = 0.35
ANSWERED_SHARE = 0.45
_VALID = 7 * 24 * HOUR


def _id(name: str) -> str:
    """A sys_id of the definition's own: it takes none of those that the desk's records get in turn."""
    return blake2b(name.encode(), digest_size=16).hexdigest()


class Survey:
    """Sends surveys to some callers; some of them answer."""

    def __init__(self, desk: "Desk") -> None:
        self._desk = desk

    @cached_property
    def _kind(self) -> str:
        """sys_id of the survey's definition, which is made when the first is sent."""
        fields = {"sys_id": _id(NAME), "name": NAME, "evaluation_method": "survey"}
        return self._desk.instance.insert("asmt_metric_type", fields)["sys_id"]

    @cached_property
    def _questions(self) -> tuple[str, ...]:
        """sys_ids of the questions."""
        instance = self._desk.instance
        head = {"sys_id": _id("IT"), "name": "IT", "metric_type": self._kind}
        shared = {
            "category": instance.insert("asmt_metric_category", head)["sys_id"],
            "metric_type": self._kind,
            "datatype": "scale",
            "mandatory": "true",
        }
        return tuple(
            instance.insert(
                "asmt_metric",
                shared | {"sys_id": _id(name), "name": name, "question": name, "order": str(order)},
            )["sys_id"]
            for order, name in enumerate(QUESTIONS, 1)
        )

    def send(self, at: int, life: Life) -> None:
        """Perhaps send one for a ticket that has just been closed."""
        story = life.story
        if story.channel == "monitoring" or story.rng.random() >= SENT_SHARE:
            return
        fields = {
            "metric_type": self._kind,
            "user": story.caller.sys_id,
            "state": "ready",
            "due_date": stamp(at + _VALID),
            "task_id": life.sys_id,
            "trigger_table": "incident",
            "trigger_id": life.sys_id,
        }
        survey = self._desk.instance.insert("asmt_assessment_instance", fields, user="system")["sys_id"]
        if story.rng.random() < ANSWERED_SHARE:
            self._desk.plan(at + story.span(9 * HOUR), self._answer, survey, life)

    def _answer(self, at: int, survey: str, life: Life) -> None:
        story, instance = life.story, self._desk.instance
        who = story.caller.user_name
        for question in self._questions:
            value = min(5, max(1, story.content + story.rng.choice((-1, 0, 0, 0, 1))))
            answer = {
                "instance": survey,
                "metric": question,
                "user": story.caller.sys_id,
                "actual_value": str(value),
                "source_id": life.sys_id,
            }
            instance.insert("asmt_metric_result", answer, user=who)
        done = {"state": "complete", "taken_on": stamp(at), "percent_answered": "100"}
        instance.update("asmt_assessment_instance", survey, done, user=who)
