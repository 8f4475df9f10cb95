"""User criteria: who may read which knowledge base and which article.

Whoever meets none of the criteria of "Can Read" gets 200 and no rows (platform facts, 4.4).
"""

from connector.sandbox.store import Store


def unreadable_articles(store: Store, user_id: str, held: frozenset[str]) -> tuple[str, ...]:
    """Encoded queries over `kb_knowledge` that name what the user may not read; none where all is open."""
    criteria = store.db.execute(
        "SELECT sys_id, user, \"group\", role, match_all FROM user_criteria WHERE active <> 'false'"
    ).fetchall()
    if not criteria:
        return ()
    groups = {
        str(row[0])
        for row in store.db.execute('SELECT "group" FROM sys_user_grmember WHERE user = ?', (user_id,))
    }
    roles = {
        str(row[0])
        for row in store.db.execute(
            f"SELECT sys_id FROM sys_user_role WHERE name IN ({','.join('?' * len(held))})", tuple(held)
        )
    }
    met = {
        str(sys_id)
        for sys_id, *asked, match_all in criteria
        if _meets(asked, ({user_id}, groups, roles), every=match_all == "true")
    }
    can, cannot = _bases(store, "kb_uc_can_read_mtom"), _bases(store, "kb_uc_cannot_read_mtom")
    closed = sorted({base for base, wanted in can.items() if not wanted & met} | _any(cannot, met))
    found = [f"kb_knowledge_baseIN{','.join(closed)}"] if closed else []
    if "can_read_user_criteria" in _columns(store):
        none = "".join(f"^can_read_user_criteriaNOT LIKE{one}" for one in sorted(met))
        found.append(f"can_read_user_criteriaISNOTEMPTY{none}")
        found += [f"cannot_read_user_criteriaLIKE{one}" for one in sorted(met)]
    return tuple(found)


def _meets(asked: list[str], has: tuple[set[str], ...], *, every: bool) -> bool:
    """Criteria without any condition are met by everybody."""
    tests = [bool(set(text.split(",")) & mine) for text, mine in zip(asked, has, strict=True) if text]
    return (all if every else any)(tests) if tests else True


def _bases(store: Store, table: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for base, criterion in store.db.execute(f'SELECT kb_knowledge_base, user_criteria FROM "{table}"'):
        found.setdefault(base, set()).add(criterion)
    return found


def _any(bases: dict[str, set[str]], met: set[str]) -> set[str]:
    return {base for base, barred in bases.items() if barred & met}


def _columns(store: Store) -> set[str]:
    return {str(row[1]) for row in store.db.execute("PRAGMA table_info(kb_knowledge)")}
