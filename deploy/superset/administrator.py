"""Makes Superset's administrator, or gives the one there is the password of the file: administrator.py NAME FILE.

Superset's own command takes a password as an argument, where any list of processes shows it.
"""

import logging
import sys
from pathlib import Path

from superset.app import create_app

logging.getLogger().setLevel(logging.WARNING)


def main(name: str, file: str) -> None:
    password = Path(file).read_text(encoding="utf-8").strip()
    if len(password) < 12:
        sys.exit(f"The password in {file} is shorter than 12 characters.")
    with create_app().app_context():
        from superset.extensions import appbuilder

        users = appbuilder.sm
        known = users.find_user(username=name)
        if known is None:
            made = users.add_user(name, "Assay", "Admin", f"{name}@localhost", users.find_role("Admin"), password)
            if not made:
                sys.exit(f"Superset did not make the account {name}: its log says why.")
        else:
            users.reset_password(known.id, password)


if __name__ == "__main__":
    main(*sys.argv[1:3])
