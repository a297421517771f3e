#!/usr/bin/env python3
"""Whether a contact is one: prints it again if so, else says what is wrong with it.

    python3 rules.py '{"name": "Ada Brandt", …}'
"""

import json
import re
import sys

RULES = {
    "name": (r"\S.*\S", "a name"),
    "trade": (r"[A-Z][a-z ]+", "a trade, as it stands on the page"),
    "phone": (r"0\d{4} \d{6}", "five digits, a space and six digits"),
    "email": (r"[^@\s]+@[^@\s]+\.[a-z]+", "an address for mail"),
    "page": (r"/people/[a-z-]+", "the path of a profile"),
}

contact = json.loads(sys.argv[1])
wrong = [
    f"{key}: {contact.get(key)!r} is not {wanted}"
    for key, (pattern, wanted) in RULES.items()
    if not re.fullmatch(pattern, str(contact.get(key, "")))
]
if wrong:
    sys.exit("\n".join(wrong))
print(json.dumps(contact, ensure_ascii=False))
