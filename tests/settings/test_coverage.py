"""Every clause of the regulation is carried out by something, or it is said why not."""

from connector.rules.clause import CLAUSES
from connector.settings.coverage import PEOPLE, carried_out, coverage


def test_every_clause_has_its_place() -> None:
    """Carried out or left to people with a reason; never both, never neither."""
    done = set(carried_out())
    assert done | PEOPLE.keys() == CLAUSES.keys()
    assert not done & PEOPLE.keys()


def test_the_table_has_a_row_for_each() -> None:
    """In the order of the regulation."""
    assert [clause for clause, _, _ in coverage()] == list(CLAUSES)
