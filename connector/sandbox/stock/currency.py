"""The stock tables of currencies, rates and amounts.  The form of the lines is that of `system`.

Columns as the vendor's knowledge base gives them (KB0751553).  A fresh instance has no rates: what came from
the European Central Bank last night is nothing that could be written down here.
"""

TABLES = """
fx_currency           code  -  Currency
fx_rate               -     -  Exchange Rate
fx_currency_instance  -     -  Currency Instance
fx_price              -     -  Price
"""

_AMOUNT = """
table               string(80)  Table
field               string(80)  Field
id                  string(32)  ID
currency            string(3)   Currency
amount              decimal     Amount
reference_currency  string(3)   Reference currency
reference_amount    decimal     Reference amount
"""

COLUMNS = {
    "fx_currency": """
code    string(3)   Code
name    string(40)  Name
symbol  string(10)  Symbol
active  boolean     Active
""",
    "fx_rate": """
currency  reference:fx_currency  Currency
rate      decimal                Rate
""",
    "fx_currency_instance": _AMOUNT,
    "fx_price": _AMOUNT + "type  string(40)  Type\n",
}

CHOICES: dict[tuple[str, str], dict[str, str]] = {}

DEFAULTS: dict[tuple[str, str], str] = {("fx_currency", "active"): "true"}

INDEXES = {"fx_currency_instance": ("id",), "fx_price": ("id",)}
