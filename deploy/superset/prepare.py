"""Makes Superset's administrator, or gives the one there is the password of the file, and brings the assets in.

    prepare.py NAME FILE      the account's name, and the file with its password

Superset's own commands do less: `fab create-admin` takes a password as an argument, where any list of processes shows
it; `import-directory` leaves charts without the query their data is asked with; `import-dashboards` leaves charts and
datasets that are there as they were. This does what Superset's API does with the assets.
"""

import logging
import sys
from pathlib import Path

from assets import filled
from superset.app import create_app

logging.getLogger().setLevel(logging.WARNING)


def main(name: str, file: str) -> None:
    password = Path(file).read_text(encoding="utf-8").strip()
    if len(password) < 12:
        sys.exit(f"The password in {file} is shorter than 12 characters.")
    with create_app().app_context():
        from superset.commands.importers.v1.assets import ImportAssetsCommand
        from superset.utils.core import override_user

        with override_user(administrator(name, password)):
            ImportAssetsCommand(filled(with_passwords=True)).run()


def administrator(name: str, password: str):
    from superset.extensions import appbuilder

    accounts = appbuilder.sm
    known = accounts.find_user(username=name)
    if known is not None:
        accounts.reset_password(known.id, password)
        return known
    made = accounts.add_user(name, "Assay", "Admin", f"{name}@localhost", accounts.find_role("Admin"), password)
    return made or sys.exit(f"Superset did not make the account {name}: its log says why.")


if __name__ == "__main__":
    main(*sys.argv[1:3])
