"""The article that a closed incident leaves where its `knowledge` is ticked (platform facts, 4.4)."""

from connector.sandbox.part import Part, Row

RULE_ID = "0e0f4c1e9c3b4d6fa1b2c3d4e5f60718"
"""The stock rule "Incident Create Knowledge"; the sys_id is the sandbox's own."""

PLUGIN = "com.snc.incident.knowledge"
"""With it people make the article themselves, by a button on the resolved incident."""


def draft(instance: Part, incident: Row) -> None:
    """Draft the article of an incident that is closed: what was asked, what was answered, and its number.

    An incident whose article is there leaves no second one.
    """
    if incident["state"] != "7" or incident["knowledge"] != "true":
        return
    if instance.count("v_plugin", f"id={PLUGIN}^active=active") or not instance.count(
        "sys_script", f"sys_id={RULE_ID}^active=true"
    ):
        return
    if instance.count("kb_knowledge", f"source={incident['number']}"):
        return
    query = f"element_id={incident['sys_id']}^element=comments^ORDERBYsys_created_on"
    said = [row["value"] for row in instance.rows("sys_journal_field", query)]
    article = {"short_description": incident["short_description"], "text": "\n".join(said)}
    article |= {"source": incident["number"], "author": incident["closed_by"]}
    instance.insert("kb_knowledge", article, user="system")
