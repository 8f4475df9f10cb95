"""What people do at the desk of `tests.world`: they open, take, move, resolve and close tickets."""

from hashlib import blake2b

from connector.sandbox import Instance


def record_id(name: str) -> str:
    """The sys_id of a record that a test names."""
    return blake2b(name.encode(), digest_size=16).hexdigest()


class People:
    """Deeds of people, straight on the instance, as one of them."""

    instance: Instance
    people: dict[str, str]
    """User name → sys_id."""
    groups: dict[str, str]
    """Name → sys_id."""

    def opens(
        self,
        number: str,
        *,
        impact: str = "1",
        urgency: str = "1",
        category: str = "inquiry",
        group: str = "Service Desk",
        caller: str = "chen",
        **more: str,
    ) -> None:
        """A caller's fault is written down; by default it is urgent and lies with the first line."""
        self.instance.insert(
            "incident",
            {
                "sys_id": record_id(number),
                "number": number,
                "impact": impact,
                "urgency": urgency,
                "category": category,
                "assignment_group": self.groups.get(group, ""),
                "caller_id": self.people[caller],
                "short_description": f"{number} does not work",
                **more,
            },
            user="wang",
        )

    def sets(self, number: str, by: str = "wang", **fields: str) -> None:
        """A person writes columns of a ticket."""
        self.instance.update("incident", record_id(number), fields, user=by)

    def takes(self, number: str, by: str = "wang") -> None:
        """A consultant takes the ticket up."""
        self.sets(number, by, state="2", assigned_to=self.people[by])

    def holds(self, number: str, reason: str = "1", by: str = "wang") -> None:
        """It waits: 1 for the caller, 3 a problem, 4 the vendor, 5 a change."""
        self.sets(number, by, state="3", hold_reason=reason)

    def resumes(self, number: str, by: str = "wang") -> None:
        """Work goes on; a resolved or closed ticket is reopened by it."""
        self.sets(number, by, state="2")

    def moves(self, number: str, group: str, by: str = "wang") -> None:
        """A person hands it to a group; "" to none."""
        self.sets(number, by, assignment_group=self.groups.get(group, ""), assigned_to="")

    def ticks(self, number: str, column: str, by: str = "wang", value: str = "true") -> None:
        """A mark in one of the desk's own columns."""
        self.sets(number, by, **{column: value})

    def resolves(self, number: str, by: str = "wang", code: str = "Solution provided") -> None:
        """Solved, says the consultant."""
        self.sets(number, by, state="6", close_code=code, close_notes="Restarted.")

    def closes(self, number: str, by: str = "wang") -> None:
        """It is closed, resolved before or not."""
        kept = self.instance.get("incident", record_id(number)) or {}
        code = kept.get("close_code") or "Solution provided"
        self.sets(number, by, state="7", close_code=code, close_notes=kept.get("close_notes") or "Done.")

    def cancels(self, number: str, by: str = "wang") -> None:
        """It was no fault."""
        self.sets(number, by, state="8")

    def finishes(self, number: str, kind: str = "", by: str = "li", **fields: str) -> bool:
        """Somebody closes the oldest open task beside it (``number`` "": one of no record); False: none."""
        task = self._task(number, kind)
        if task is not None:
            self.instance.update("incident_task", task["sys_id"], {"state": "3", **fields}, user=by)
        return task is not None

    def _task(self, number: str, kind: str) -> dict[str, str] | None:
        beside = f"parent={record_id(number)}" if number else "parentISEMPTY"
        query = f"{beside}^active=true"
        query += f"^correlation_display=desk-policy:{kind}" if kind else ""
        return next(
            iter(self.instance.rows("incident_task", f"{query}^ORDERBYopened_at^ORDERBYsys_id")), None
        )

    def attaches(self, number: str, state: str = "published", by: str = "li") -> None:
        """An article is written and attached."""
        name = f"KB{number}{self.instance.count('kb_knowledge')}"
        fields = {"sys_id": record_id(name), "number": name, "workflow_state": state}
        self.instance.insert("kb_knowledge", fields | {"source": number}, user=by)
        self.instance.insert(
            "m2m_kb_task", {"kb_knowledge": record_id(name), "task": record_id(number)}, user=by
        )

    def writes(self, table: str, number: str, by: str = "wang", **fields: str) -> None:
        """A person writes a record of a further table: a new one, or columns of the one that is there."""
        if self.instance.get(table, record_id(number)) is None:
            first = {"sys_id": record_id(number), "number": number, **fields}
            self.instance.insert(table, first, user=by)
        else:
            self.instance.update(table, record_id(number), fields, user=by)
