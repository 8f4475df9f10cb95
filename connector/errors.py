"""The tree of errors, sorted by consequence first and origin second.

    ConnectorError
    ├─ SettingsError            exit 2; never starts
    ├─ Refused                  exit 3; the brake, a conflict, a lock held: a person must decide
    ├─ StoreFailed              exit 1; the local store is damaged, full, or may not be written
    └─ GatewayError
       ├─ Fatal                 stop; do not try again
       │  ├─ Unauthorised       401: six failures lock an account, so one is enough
       │  └─ WrongInstance      a column or table the configuration names is not there
       │     └─ NoTable         a table: of a plug-in that is not active, perhaps
       ├─ Retriable             back off, the pass ends, the next one tries
       │  ├─ Throttled          429
       │  ├─ Unavailable        5xx, HTML, cut JSON, an error inside a 200
       │  ├─ TimedOut           no answer: a write may or may not have happened
       │  └─ Unserviced         left out of a batch: a write may or may not have happened
       └─ Skippable             this record waits, the others go on
          ├─ Forbidden          403
          └─ NotFound           404

Exceptions become exit codes in ``cli/`` only.
"""


class ConnectorError(Exception):
    """Anything this program raises on purpose."""


class SettingsError(ConnectorError):
    """One or more things wrong in the configuration; ``problems`` holds a line for each."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class Refused(ConnectorError):
    """A person must decide before anything is written."""


class StoreFailed(ConnectorError):
    """The local store cannot be used. Nothing that was done on the instance is lost by it."""


class GatewayError(ConnectorError):
    """The instance did not do what was asked."""


class Fatal(GatewayError):
    """Stop: trying again cannot help and may harm."""


class Unauthorised(Fatal):
    """The instance refused the credentials (HTTP 401)."""


class WrongInstance(Fatal):
    """The instance lacks a table, column, group or person that the configuration names."""


class NoTable(WrongInstance):
    """The instance lacks a table. Where only some policies are about it they rest, and the others go on."""


class Retriable(GatewayError):
    """The pass ends here, the cursor stays; the next pass tries again."""


class Throttled(Retriable):
    """HTTP 429. ``retry_after`` is in seconds, or None where the instance named no time."""

    def __init__(self, message: str, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Unavailable(Retriable):
    """The instance answered, but not with an answer: 5xx, 202, HTML, cut JSON, an error inside a 200."""


class TimedOut(Retriable):
    """No answer came. A write that ends so is in doubt: read the record before deciding."""


class Unserviced(Retriable):
    """A batch left this part out. It may have happened all the same: look, then send again."""


class Skippable(GatewayError):
    """This record waits, the others go on."""


class Forbidden(Skippable):
    """HTTP 403: an ACL, a business rule or a data policy said no."""


class NotFound(Skippable):
    """HTTP 404: gone, or hidden from us."""
