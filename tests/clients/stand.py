"""The sandbox that a client is driven against: `python tests/clients/stand.py [CERTIFICATE]`.

Prints its address and serves until it is ended.
"""

import sys
import threading
import time

from connector.sandbox import Instance, Rest, Server

COMPANY = "c0000000000000000000000000000001"
CALLER = "a0000000000000000000000000000001"
AGENT = "a0000000000000000000000000000002"
DESK, NETWORK = "b0000000000000000000000000000001", "b0000000000000000000000000000002"
GENERATED = 247

INCIDENTS = [
    {
        "sys_id": "10000000000000000000000000000001",
        "number": "INC0000001",
        "short_description": "VPN drops every hour",
        "assignment_group": NETWORK,
        "state": "2",
        "impact": "1",
        "urgency": "1",
        "category": "network",
        "opened_at": "2026-03-02 01:00:00",
    },
    {
        "sys_id": "10000000000000000000000000000002",
        "number": "INC0000002",
        "short_description": "打印机无法连接",
        "assignment_group": DESK,
        "impact": "3",
        "urgency": "2",
        "category": "hardware",
        "opened_at": "2026-03-02 03:00:00",
    },
    {
        "sys_id": "10000000000000000000000000000003",
        "number": "INC0000003",
        "short_description": "Mail is slow",
        "assignment_group": DESK,
        "impact": "2",
        "urgency": "2",
        "category": "software",
        "opened_at": "2026-03-03 03:00:00",
    },
]
PROBLEMS = [
    {
        "sys_id": "20000000000000000000000000000001",
        "number": "PRB0000001",
        "short_description": "VPN gateway",
    },
    {
        "sys_id": "20000000000000000000000000000002",
        "number": "PRB0000002",
        "short_description": "Nothing much",
    },
]


def seeded() -> Instance:
    """250 incidents, two problems, three people who may log in, an OAuth client; all an hour old."""
    instance = Instance(now=lambda: time.time() - 3600)
    instance.insert("core_company", {"sys_id": COMPANY, "name": "Example Works"})
    instance.add_user("caller", name="Cai Caller", email="cai@example.com", company=COMPANY, sys_id=CALLER)
    instance.add_user("agent", name="Ada Agent", password="agent-secret", roles=["itil"], sys_id=AGENT)
    instance.add_user("boss", name="Bo Boss", password="boss-secret", roles=["admin"])
    shanghai = {"roles": ["itil"], "time_zone": "Asia/Shanghai"}
    instance.add_user("shanghai", name="王芳", password="shanghai-secret", **shanghai)
    instance.add_group("Service Desk", sys_id=DESK, members=["agent"])
    instance.add_group("Network", sys_id=NETWORK)
    instance.add_oauth_client(
        "Desk", client_id="desk-client", client_secret="desk-client-secret", user="agent"
    )
    instance.properties["glide.oauth.inbound.client.credential.grant_type.enabled"] = "true"
    for row in INCIDENTS:
        instance.insert("incident", row | {"caller_id": CALLER})
    for row in PROBLEMS:
        instance.insert("problem", row)
    for _ in range(GENERATED):
        instance.insert("incident", {"short_description": "Generated for paging", "category": "inquiry"})
    instance.now = time.time
    return instance


def main() -> None:
    """Serve."""
    certificate = sys.argv[1] if len(sys.argv) > 1 else None
    with Server(Rest(seeded()), certificate=certificate) as server:
        print(server.url, flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main()
