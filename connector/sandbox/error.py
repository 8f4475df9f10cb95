"""What the sandbox refuses, and with which answer.

RecordError
├─ Unauthenticated      401
├─ InvalidTable         400
├─ NotFound             404
├─ QueryError           400   strict mode only: a query the sandbox cannot read
├─ QueryForbidden       403   a query names a field that may not be queried
├─ Duplicate            403   a second record with the same sys_id
├─ NotAuthorized        403   a whole API is closed to this user or client
├─ Denied               403   an access rule stopped the write
├─ Aborted              403   a business rule stopped the write
├─ DataPolicyViolated   403   mandatory information is missing; fields by their labels
├─ Malformed            400   the body is not a JSON object
│  └─ NotJson           400   it cannot be parsed
├─ NoContentType        400   a body without a Content-Type
├─ NotAcceptable        406   an Accept without JSON
├─ UnsupportedMediaType 415   a body of another type
├─ MethodNotAllowed     405   a method that the resource does not have
├─ TooLarge             413   a body over glide.rest.max_content_length
├─ RateLimited          429   a rate rule is used up
└─ Busy                 429   the semaphore's queue is full

The sandbox is an island, so this tree stands apart from the connector's own.
"""

from collections.abc import Sequence


class RecordError(Exception):
    """A refusal as the REST face reports it: HTTP status, `message` and `detail` (None prints as null).

    `headers` come with the answer.
    """

    headers: Sequence[tuple[str, str]] = ()

    def __init__(self, status: int, message: str, detail: str | None = None) -> None:
        super().__init__(f"{status} {message}: {detail}")
        self.status = status
        self.message = message
        self.detail = detail


class Unauthenticated(RecordError):
    """No, wrong or locked credentials."""

    def __init__(self, headers: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__(401, "User Not Authenticated", "Required to provide Auth information")
        self.headers = headers


class InvalidTable(RecordError):
    """The table does not exist or is closed to web services."""

    def __init__(self, table: str) -> None:
        super().__init__(400, f"Invalid table {table}")


class NotFound(RecordError):
    """No such record, or one that the row ACLs hide."""

    def __init__(self) -> None:
        super().__init__(404, "No Record found", "Record doesn't exist or ACL restricts the record retrieval")


class NothingFound(RecordError):
    """The empty list of version 1 of the Table API."""

    def __init__(self) -> None:
        detail = "Records matching query not found. Check query parameter or offset parameter"
        super().__init__(404, "No Record found", detail)


class QueryError(RecordError):
    """A part of an encoded query that the sandbox cannot read; an instance would answer something else."""

    def __init__(self, part: str, why: str) -> None:
        super().__init__(400, "The sandbox cannot read this query", f"{part}: {why}")


class QueryForbidden(RecordError):
    """A field in the query does not exist or may not be read."""

    def __init__(self) -> None:
        detail = "Field(s) present in the query do not have permission to be read"
        super().__init__(403, "Insufficient rights to query records", detail)


class Duplicate(RecordError):
    """The client chose a sys_id that is taken."""

    def __init__(self, sys_id: str) -> None:
        detail = f"Unique Key violation detected by database (Duplicate entry '{sys_id}' for key 'PRIMARY')"
        super().__init__(403, "Operation Failed", detail)


class NotAuthorized(RecordError):
    """The API itself is closed to this user or client."""

    def __init__(self, detail: str) -> None:
        super().__init__(403, "User Not Authorized", detail)


class Denied(RecordError):
    """An access rule does not let this user write.  `operation` is "create", "write" or "delete"."""

    def __init__(self, operation: str) -> None:
        word = {"create": "Insert", "write": "Update", "delete": "Delete"}[operation]
        super().__init__(403, "Operation Failed", f"ACL Exception {word} Failed due to security constraints")


class Aborted(RecordError):
    """A before rule stopped the write.  `rule` is its name, `rule_id` its sys_id."""

    def __init__(self, table: str, rule: str, rule_id: str) -> None:
        detail = (
            f"Operation against file '{table}' was aborted by Business Rule '{rule}^{rule_id}'."
            f" Business Rule Stack:{rule}"
        )
        super().__init__(403, "Operation Failed", detail)


class DataPolicyViolated(RecordError):
    """Mandatory fields are empty; `labels` are their labels, not their column names."""

    def __init__(self, labels: Sequence[str], message: str = "Operation Failed") -> None:
        names = ", ".join(labels)
        detail = f"Data Policy Exception: The following fields are mandatory: {names}"
        super().__init__(403, message, detail)


class Malformed(RecordError):
    """The request body is not what the API reads."""

    def __init__(self, detail: str) -> None:
        super().__init__(400, "Exception while reading request", detail)


class NotJson(Malformed):
    """The request body cannot be parsed; the status is documented, the words are not known (section 9.1)."""


class NoContentType(RecordError):
    """A body that does not say what it is (section 1.9: "missing headers give 400")."""

    def __init__(self) -> None:
        super().__init__(400, "Exception while reading request", "Content-Type is missing")


class NotAcceptable(RecordError):
    """The client wants no JSON; the status is documented, the words are the sandbox's own."""

    def __init__(self, accept: str) -> None:
        super().__init__(406, "Not Acceptable", f"{accept} is not supported")


class UnsupportedMediaType(RecordError):
    """The body is no JSON; the status is documented, the words are the sandbox's own."""

    def __init__(self, kind: str) -> None:
        super().__init__(415, "Unsupported Media Type", f"{kind} is not supported")


class MethodNotAllowed(RecordError):
    """The resource has no such method; the status is documented, the words are the sandbox's own."""

    def __init__(self, method: str) -> None:
        super().__init__(405, "Method Not Allowed", f"{method} is not supported here")


class TooLarge(RecordError):
    """The body is longer than `most` bytes; which `status` that has is not known (section 9.15)."""

    def __init__(self, length: int, most: int, status: int) -> None:
        detail = (
            f"Rejected large REST payload with content-length = {length} bytes. Max allowed: {most} bytes."
        )
        super().__init__(status, "Exception while reading request", detail)


class RateLimited(RecordError):
    """A rate rule of `limit` requests an hour is used up for `service`."""

    def __init__(self, limit: int, service: str, headers: Sequence[tuple[str, str]]) -> None:
        super().__init__(
            429, "Rate limit exceeded", f"Rate limit of {limit} requests per hour for {service} exceeded"
        )
        self.headers = headers


class Busy(RecordError):
    """The semaphore's queue is full: no header says when to come back; the words are the sandbox's own."""

    def __init__(self) -> None:
        super().__init__(429, "Too many requests")
