"""``publish`` shows what would be written and writes it only where it is told to, twice over."""

import json

ENFORCED = '[publish]\nmode = "enforce"\n[[desk]]'


def articles(site):
    """The records as the instance has them."""
    return site.instance.rows("kb_knowledge", "sourceSTARTSWITHdesk-policy:")


def test_it_only_shows_at_first(site, capsys):
    """Exit 4: something to do; with --apply, 3: the configuration says observe."""
    assert site.run("publish") == 4
    said = capsys.readouterr().out
    assert "create kb_knowledge  服务台指标 Desk scorecard 2026-03, whole 全部" in said
    assert "attach scorecard-2026-03-whole-" in said
    assert 'mode = "enforce" under [publish]' in said
    assert site.run("publish", "--apply") == 3
    assert articles(site) == []
    assert site.writes() == 0


def test_enforced_it_still_writes_only_with_apply(site, capsys):
    """Then the next plan is empty."""
    site.change("[[desk]]", ENFORCED)
    assert site.run("publish") == 4
    assert "--apply writes it" in capsys.readouterr().out
    assert site.writes() == 0
    assert site.run("publish", "--apply") == 0
    assert capsys.readouterr().out.count(": attached") == 2
    assert len(articles(site)) == 2
    assert site.run("publish") == 0
    assert "every record says what the figures say" in capsys.readouterr().out


def test_programs_can_read_it(site, capsys):
    """Records, files and what is left as it is."""
    site.change("[[desk]]", ENFORCED)
    assert site.run("publish", "--apply", "--json") == 0
    said = json.loads(capsys.readouterr().out)
    assert [one["answer"] for one in said["records"]] == ["written", "written"]
    assert all(one["attached"] for one in said["files"])
    assert said["trouble"] == ""


def test_an_account_without_the_right_is_told_and_nothing_is_attached(site, capsys):
    """Exit 1, with what the instance said."""
    site.change("[[desk]]", ENFORCED)
    for row in site.instance.rows("sys_user_role", "name=knowledge"):
        for link in site.instance.rows("sys_user_role_contains", f"contains={row['sys_id']}"):
            site.instance.delete("sys_user_role_contains", link["sys_id"])
        for link in site.instance.rows("sys_user_has_role", f"role={row['sys_id']}"):
            site.instance.delete("sys_user_has_role", link["sys_id"])
    code = site.run("publish", "--apply")
    said = capsys.readouterr().out
    assert code == 1
    assert "forbidden" in said
    assert articles(site) == []
    assert site.instance.rows("sys_attachment") == []


def test_columns_that_are_one_are_refused(site, capsys):
    """Title, text, key and stamp need a column each; the line is named."""
    site.change("[[desk]]", '[publish]\nmode = "enforce"\nkey = "meta"\n[[desk]]')
    assert site.run("publish") == 2
    assert "title, text, key and stamp need a column each" in capsys.readouterr().err
