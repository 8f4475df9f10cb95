"""What a manager sees: lists and forms of the instance's records in a browser, read-only.

Plain HTML at the addresses that the platform's own links use: `/` (the tables), `/{table}_list.do`,
`/{table}.do?sys_id=…`, `/nav_to.do?uri=…`.  Nothing here writes, and everything shown is escaped.
"""

from connector.sandbox.page.api import PageApi

__all__ = ["PageApi"]
