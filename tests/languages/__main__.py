"""`python -m tests.languages [CODE NAME]`: brings the `.po` files up to date and compiles them.

With a code and a name, such as `ta தமிழ்`, begins a new language.
"""

from __future__ import annotations

import sys

from tests.languages.catalogues import begun, codes, known_texts, load, save, updated
from tests.languages.sources import sources


def main() -> int:
    """Update and compile every file; print what is not translated; exit 1 if there is any."""
    known = known_texts()
    found, of_qt = sources(known), [text for (_, text), is_qt in known.items() if is_qt]
    if sys.argv[1:]:
        code, name = sys.argv[1:]
        save(updated(begun(code, name), found, of_qt), code)
    gaps = 0
    for code in codes():
        catalogue = updated(load(code), found, of_qt)
        save(catalogue, code)
        for entry in (*catalogue.untranslated_entries(), *catalogue.fuzzy_entries()):
            gaps += 1
            sys.stdout.write(f"{code}: {entry.msgid}\n")
    return int(bool(gaps))


if __name__ == "__main__":
    sys.exit(main())
