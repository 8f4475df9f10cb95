"""The policy file of a script, as an admin would have written it."""

import json
from collections.abc import Iterable
from datetime import date

from tests.mix import Table
from tests.simulation.script import Script
from tests.world import CONFIG

CLIENT = "desk"
SECRET = "hush-hush-of-the-client"
"""Of the OAuth client."""
_OF_ACLIENT = f'client_id = "{CLIENT}"\nclient_secret = {{ env = "DESK_SECRET" }}\n'
SIGNING = {
    "basic": 'kind = "basic"\n',
    "client credentials": 'kind = "oauth-client-credentials"\n' + _OF_ACLIENT,
    "password": 'kind = "oauth-password"\n' + _OF_ACLIENT,
}
"""How the configuration says it; the secrets stand in the environment."""


def file_of(script: Script, policies: Iterable[Table]) -> str:
    """The policy file of the script's desk, with these policies."""
    text = CONFIG.format(history="audit", more="").replace("Asia/Shanghai", script.zone)
    text = text.replace('patience = "0s"', f'patience = "{script.patience}s"')
    text = text.replace("batch = false", f"batch = {str(script.batch).lower()}")
    text = text.replace('kind = "basic"\n', SIGNING[script.signs_in])
    if script.signs_in == "client credentials":
        text = text.replace('password = { env = "DESK_PASSWORD" }\n', "")
    text += f"\n[poll]\npage = {script.page}\n"
    for policy in policies:
        table = {**policy, "zone": script.zone} if "zone" in policy else policy
        text += "\n[[policy]]\n" + "".join(f"{name} = {_toml(value)}\n" for name, value in table.items())
    return text


def _toml(value: object) -> str:
    """What JSON says of text and numbers, TOML says, too; it knows dates besides."""
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_toml, value)) + "]"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(name)} = {_toml(each)}" for name, each in value.items()) + " }"
    if isinstance(value, date):
        return value.isoformat()
    return json.dumps(value)
