"""Clients, keys, rules and roles out of a seed file work as those made otherwise."""

import json
from pathlib import Path

from connector.sandbox import Instance, Request, Rest
from connector.sandbox.seed.document import read
from connector.sandbox.seed.planting import plant

USER = "1" * 32
SEED = {
    "users": [{"user_name": "bot", "password": "p", "sys_id": USER, "roles": ["itil", "u_auditor"]}],
    "rows": {
        "oauth_entity": [{"name": "Bot", "client_id": "id", "client_secret": "hush"}],
        "api_key": [{"name": "Bot", "token": "now_key", "user": USER}],
        "sys_security_acl": [{"sys_id": "c" * 32, "name": "incident.close_notes", "operation": "read"}],
        "sys_security_acl_role": [{"sys_security_acl": "c" * 32, "sys_user_role": "d" * 32}],
        "sys_user_role": [{"sys_id": "d" * 32, "name": "u_reader"}],
    },
}


def test_a_seed_of_rights(instance: Instance, rest: Rest, tmp_path: Path) -> None:
    """A token, a key, a column that only another role may read."""
    path = tmp_path / "seed.json"
    path.write_text(json.dumps(SEED), encoding="utf-8")
    plant(instance, [read(path)])
    form = b"grant_type=password&client_id=id&client_secret=hush&username=bot&password=p"
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    token = json.loads(rest.handle(Request("POST", "/oauth_token.do", kind, form)).body)["access_token"]
    made = instance.insert("incident", {"close_notes": "x"})["sys_id"]
    target = f"/api/now/table/incident/{made}?sysparm_fields=close_notes,sys_id"
    for login in ({"Authorization": f"Bearer {token}"}, {"x-sn-apikey": "now_key"}):
        answer = rest.handle(Request("GET", target, login))
        assert json.loads(answer.body) == {"result": {"sys_id": made}}
    assert {"itil", "u_auditor", "sn_incident_read"} <= instance.access.held("bot")
