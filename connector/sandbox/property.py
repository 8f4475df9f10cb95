"""The instance's properties: a dict in Python, rows of `sys_properties` for clients."""

from collections.abc import Callable


class Properties(dict[str, str]):
    """System properties by name.  Assigning writes the row as well."""

    def __init__(self, write: Callable[[str, str], None]) -> None:
        super().__init__()
        self._write = write

    def __setitem__(self, name: str, value: str) -> None:
        self._write(name, value)
        self.read(name, value)

    def read(self, name: str, value: str) -> None:
        """Take a value that is already in the table."""
        super().__setitem__(name, value)
