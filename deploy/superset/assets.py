#!/usr/bin/env python3
"""Brings the dashboards of this folder into a Superset; the standard library is enough.

    assets.py zip TARGET.zip     the assets with the addresses filled in, as the file that Superset's API takes
    assets.py push URL           sends them to a running Superset through its API; doing it again changes nothing

Addresses and passwords come from the environment; without them those of an installation on this machine stand:

    ASSAY_BI_POSTGRES_URL        postgresql://assay_bi@host:port/database
    ASSAY_BI_CLICKHOUSE_URL      http://assay_bi@host:port/database
    ASSAY_BI_POSTGRES_PASSWORD_FILE, ASSAY_BI_CLICKHOUSE_PASSWORD_FILE   files with the passwords of assay_bi
    SUPERSET_ADMIN               name of the account that `push` uses (admin), SUPERSET_ADMIN_PASSWORD_FILE its password
"""

import http.cookiejar
import io
import json
import os
import re
import sys
import urllib.error
import urllib.request
import zipfile
from pathlib import Path
from urllib.parse import quote, urlsplit

ASSETS = Path(__file__).resolve().parent / "assets"


def main(arguments: list[str]) -> None:
    match arguments:
        case ["zip", target]:
            write_private(Path(target), zipped(filled(with_passwords=True)))
        case ["push", url]:
            push(url.rstrip("/"))
        case _:
            sys.exit(f"{__doc__}\nGive zip or push, and where to.")


def filled(with_passwords: bool) -> dict[str, str]:
    """The assets by path, each connection with the address that is in force."""
    texts = {str(path.relative_to(ASSETS)): path.read_text(encoding="utf-8") for path in sorted(ASSETS.rglob("*.yaml"))}
    if not texts:
        sys.exit(f"There are no assets in {ASSETS}.")
    for path, database in connections().items():
        # As Superset writes an address whose password comes apart from it.
        password = quote(database["password"], safe="") if with_passwords else "XXXXXXXXXX"
        address = re.sub(r"^([^:]+://[^:@/]+)@", lambda found: f"{found[1]}:{password}@", database["address"])
        texts[path] = re.sub(r"^sqlalchemy_uri: .*$", lambda _: f"sqlalchemy_uri: {json.dumps(address)}", texts[path], flags=re.M)
    return texts


def connections() -> dict[str, dict[str, str]]:
    postgres = address_of("ASSAY_BI_POSTGRES_URL", "postgresql://assay_bi@127.0.0.1:5433/assay", "postgresql+psycopg2")
    clickhouse = address_of("ASSAY_BI_CLICKHOUSE_URL", "http://assay_bi@127.0.0.1:8123/assay", "clickhousedb")
    return {"databases/assay_postgresql.yaml": postgres, "databases/assay_clickhouse.yaml": clickhouse}


def address_of(variable: str, default: str, dialect: str) -> dict[str, str]:
    """An address for SQLAlchemy without its password, and the password, from a URL as the other programs take it."""
    text = os.environ.get(variable) or default
    url = urlsplit(text)
    if url.hostname is None or url.username is None:
        sys.exit(f"{variable} is {text!r}; it must look like {default}.")
    secure = "?secure=true" if url.scheme == "https" else f"?{url.query}" if url.query else ""
    port = f":{url.port}" if url.port else ""
    password = url.password or secret(variable.replace("_URL", "_PASSWORD_FILE")) or ""
    return {"address": f"{dialect}://{url.username}@{url.hostname}{port}{url.path}{secure}", "password": password}


def secret(variable: str) -> str | None:
    name = os.environ.get(variable, "")
    if name == "":
        return None
    try:
        return Path(name).read_text(encoding="utf-8").strip()
    except OSError as error:
        sys.exit(f"{variable} names {name}, which cannot be read: {error.strerror}.")


def write_private(target: Path, content: bytes) -> None:
    """For the owner alone from the first byte: the addresses hold passwords."""
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)


def zipped(texts: dict[str, str]) -> bytes:
    """The same bytes for the same assets: each file has the earliest date a zip can hold."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as bundle:
        for path, text in texts.items():
            bundle.writestr(zipfile.ZipInfo(f"assay/{path}"), text)
    return buffer.getvalue()


def push(url: str) -> None:
    name = os.environ.get("SUPERSET_ADMIN", "admin")
    password = secret("SUPERSET_ADMIN_PASSWORD_FILE")
    if not password:
        sys.exit("Name the file with the password of Superset's account in SUPERSET_ADMIN_PASSWORD_FILE.")
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    who = {"username": name, "password": password, "provider": "db", "refresh": False}
    token = asked(opener, f"{url}/api/v1/security/login", json.dumps(who).encode(), {"Content-Type": "application/json"})
    entry = {"Authorization": f"Bearer {token['access_token']}", "Referer": url}
    entry["X-CSRFToken"] = asked(opener, f"{url}/api/v1/security/csrf_token/", None, entry)["result"]
    passwords = {path: each["password"] for path, each in connections().items()}
    body, kind = form({"passwords": json.dumps(passwords)}, "bundle", zipped(filled(with_passwords=False)))
    asked(opener, f"{url}/api/v1/assets/import/", body, {**entry, "Content-Type": kind})
    print(f"The dashboards are in Superset at {url}.")


def asked(opener: urllib.request.OpenerDirector, url: str, body: bytes | None, headers: dict[str, str]) -> dict:
    try:
        with opener.open(urllib.request.Request(url, body, headers), timeout=120) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        sys.exit(f"Superset refused {url} with {error.code}: {error.read().decode(errors='replace')[:2000]}")
    except urllib.error.URLError as error:
        sys.exit(f"Superset did not answer at {url}: {error.reason}. Start it first, or give its address.")


def form(fields: dict[str, str], name: str, content: bytes) -> tuple[bytes, str]:
    """A multipart form with some fields and one file."""
    mark = "assay-" + "9" * 24
    parts = [f'--{mark}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n' for key, value in fields.items()]
    head = f'--{mark}\r\nContent-Disposition: form-data; name="{name}"; filename="assay.zip"\r\n'
    head += "Content-Type: application/zip\r\n\r\n"
    body = "".join(parts).encode() + head.encode() + content + f"\r\n--{mark}--\r\n".encode()
    return body, f"multipart/form-data; boundary={mark}"


if __name__ == "__main__":
    main(sys.argv[1:])
