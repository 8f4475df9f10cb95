"""The page beside an update set: what an admin does by hand, from the configuration itself. Pure."""

from collections.abc import Iterator, Sequence

from connector.install.blueprint import Kind, Piece
from connector.install.rights import ROLE, rights, roles, script
from connector.install.update_set import name_of, updates
from connector.settings import Settings


def manual(settings: Settings, pieces: Sequence[Piece], file: str) -> str:
    """Markdown; ``file`` is the name of the update set's file."""
    return "\n".join(_lines(settings, pieces, file)) + "\n"


def _lines(settings: Settings, pieces: Sequence[Piece], file: str) -> Iterator[str]:
    name, number = name_of(pieces), len(updates(pieces))
    user, url = settings.instance.auth.user, settings.instance.url
    config = settings.path.name
    yield f"# Taking the desk policy connector in on {url} · 安装步骤"
    yield ""
    yield f"`{file}` is the update set **{name}**: {number} updates, all in the scope Global. It adds"
    yield "columns, choices, saved lists and reports. It changes nothing that is there and holds no script."
    yield "Who may do what is not in it: those are the steps 3 to 5."
    yield ""
    yield "## 1. Load, preview, commit · 导入更新集"
    yield ""
    yield "1. Elevate to `security_admin`. Retrieved Update Sets → Import Update Set from XML → the file."
    yield "2. Before the commit see that all of it is there: Customer Updates of the set must count"
    yield f"   **{number}**. If not, delete the set and load it again: it would commit without an error and"
    yield "   install too little."
    yield "3. Preview. A collision with a column that exists means that somebody else made one of that name:"
    yield "   skip the update, and see below with `install --verify` whether its type fits."
    yield "4. Commit."
    yield ""
    yield "Loaded twice it is one set: the file has the same ids each time it is made from the same"
    yield "configuration."
    yield ""
    yield "## 2. What it adds · 新增内容"
    yield ""
    yield "| what | name | for |"
    yield "| --- | --- | --- |"
    for piece in pieces:
        if piece.kind is not Kind.CHOICE:
            yield f"| {piece.kind} | {_cell(piece.name)} | {_cell(piece.why)} |"
    yield ""
    yield "## 3. The account · 集成账号"
    yield ""
    yield f"A user `{user}`: active, *web service access only* (identity type Machine), time zone GMT, date"
    yield "format `yyyy-MM-dd`, time format `HH:mm:ss`. It opens no page."
    yield ""
    if settings.instance.auth.kind.startswith("oauth"):
        yield "An OAuth client for it: System OAuth → Application Registry → New → *Create an OAuth API"
        yield f"endpoint for external clients*. OAuth Application User `{user}`, scope restriction *Broadly"
        yield "scoped* (or the scope `useraccount`). For the grant client credentials the property"
        yield "`glide.oauth.inbound.client.credential.grant_type.enabled` is `true`."
    else:
        yield "Basic authentication is being closed on newer releases; web service access only exempts the"
        yield "account by default."
        yield 'The way that stays is an OAuth client: `kind = "oauth-client-credentials"` in the'
        yield "configuration."
    yield ""
    yield "## 4. Role and access rules · 角色与访问控制"
    yield ""
    wanted = rights(settings)
    yield f"The role `{ROLE}` contains {', '.join(f'`{role}`' for role in roles(wanted))}. What is used of"
    yield "it:"
    yield ""
    yield "| table | operation | columns | for | given by |"
    yield "| --- | --- | --- | --- | --- |"
    for right in wanted:
        columns = ", ".join(right.columns) or "all"
        given = right.given_by or ("an access rule, if you use check" if right.optional else "an access rule")
        yield f"| {right.table} | {right.operation} | {columns} | {_cell(right.why)} | {given} |"
    yield ""
    yield "As a script for System Definition → Scripts - Background, with `security_admin`; it may be run"
    yield "again and says what it left:"
    yield ""
    yield "```javascript"
    yield script(settings).rstrip("\n")
    yield "```"
    yield ""
    yield "## 5. See whether it fits · 验证"
    yield ""
    yield "```"
    yield f"desk-connector install {config} --verify"
    yield f"desk-connector check {config} --instance"
    yield "```"
    yield ""
    yield "## 6. Leaving · 卸载"
    yield ""
    yield f"`desk-connector uninstall {config}` shows what would be removed: a column that holds something"
    yield "only if it is named. *Back out* of the committed set removes the columns with all that is in"
    yield "them."


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
