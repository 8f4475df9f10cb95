"""The sheets as an XLSX workbook, in memory. Needs the extra ``pictures``."""

import io
import re
from collections.abc import Sequence
from datetime import UTC, datetime

from xlsxwriter import Workbook

from connector.kpi.page.table import Sheet, is_formula
from connector.ticket import Instant

_UNFIT = re.compile(r"[\[\]:*?/\\]")
_BEFORE_1900 = datetime(2000, 1, 1, tzinfo=UTC)


def workbook(sheets: Sequence[Sheet], made_at: Instant | None) -> bytes:
    """A file; the same sheets give the same bytes. Text is text: a leading ``=`` is quoted, not computed."""
    out = io.BytesIO()
    book = Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    created = _BEFORE_1900 if made_at is None else datetime.fromtimestamp(made_at, UTC)
    book.set_properties({"title": "Desk scorecard 服务台指标", "created": created.replace(tzinfo=None)})
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    quoted = book.add_format({"quote_prefix": True})
    for sheet in sheets:
        page = book.add_worksheet(_UNFIT.sub(" ", sheet.name)[:31])
        page.freeze_panes(1, 0)
        for column, said in enumerate(sheet.heads):
            page.write_string(0, column, said, head)
            widest = max((len(str(row[column] or "")) for row in sheet.rows), default=0)
            page.set_column(column, column, min(44, max(8, widest, len(said))) + 1)
        for line, row in enumerate(sheet.rows, 1):
            for column, value in enumerate(row):
                if isinstance(value, str):
                    page.write_string(line, column, value, quoted if is_formula(value) else None)
                elif value is not None:
                    page.write_number(line, column, value)
        if sheet.rows:
            page.autofilter(0, 0, len(sheet.rows), len(sheet.heads) - 1)
    book.close()
    return out.getvalue()
