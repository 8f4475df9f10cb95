"""The REST face of an instance: a request in, an answer out, no sockets.  The mounts put it on a wire.

`front` is what all APIs share, `route` says which path belongs to which API, every other file is one API.
"""

from connector.sandbox.rest.front import Rest

__all__ = ["Rest"]
