"""How each request is signed: by a header that stays, or by a token that is renewed."""

from connector.sync.gateway.auth.signature import UNSIGNED, Bearer, signature
from connector.sync.gateway.auth.token import Tokens

__all__ = ["UNSIGNED", "Bearer", "Tokens", "signature"]
