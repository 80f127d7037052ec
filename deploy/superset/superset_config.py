"""Settings of Apache Superset beside Assay, read by Superset itself.

Every secret comes from a file named in the environment, so that none stands in a list of processes or in an image:

    SUPERSET_SECRET_KEY_FILE     required: signs sessions, encrypts the passwords of connections
    SUPERSET_DATABASE_URL_FILE   where Superset keeps its own tables; without it SQLite in SUPERSET_HOME
    ASSAY_LANG                   ru (the default) or en
    SUPERSET_HTTPS               1 when a proxy in front speaks HTTPS: cookies are then sent over HTTPS alone
"""

import os
from pathlib import Path

# Loaded here, before there are threads: two requests that load this driver at once break it (1.12).
import clickhouse_connect.cc_sqlalchemy  # noqa: F401
from flask_babel import get_locale


def _secret(variable: str) -> str | None:
    """The content of the file that a variable of the environment names; None when the variable is not set."""
    name = os.environ.get(variable, "")
    if name == "":
        return None
    try:
        text = Path(name).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SystemExit(f"{variable} names {name}, which cannot be read: {error.strerror}.") from error
    if text == "":
        raise SystemExit(f"{variable} names {name}, which is empty.")
    return text


_home = Path(os.environ.get("SUPERSET_HOME", Path.home() / ".superset"))
_https = os.environ.get("SUPERSET_HTTPS", "0") == "1"
_key = _secret("SUPERSET_SECRET_KEY_FILE")
if _key is None or len(_key) < 32:
    raise SystemExit(
        "Superset needs a key of its own, at least 32 characters: write one to a file, as with "
        "`openssl rand -base64 42 > superset-secret-key`, and name the file in SUPERSET_SECRET_KEY_FILE."
    )

SECRET_KEY = _key
SQLALCHEMY_DATABASE_URI = (
    _secret("SUPERSET_DATABASE_URL_FILE") or f"sqlite:///{_home / 'superset.db'}?check_same_thread=false"
)
SQLALCHEMY_EXAMPLES_URI = f"sqlite:///{_home / 'examples.db'}?check_same_thread=false"

# Russian and English, as everywhere in Assay.
LANGUAGES = {"ru": {"flag": "ru", "name": "Русский"}, "en": {"flag": "gb", "name": "English"}}
BABEL_DEFAULT_LOCALE = os.environ.get("ASSAY_LANG", "ru")

_numbers = {
    "ru": {"decimal": ",", "thousands": "\u00a0", "grouping": [3], "currency": ["", "\u00a0₽"]},
    "en": {"decimal": ".", "thousands": ",", "grouping": [3], "currency": ["₽", ""]},
}


def COMMON_BOOTSTRAP_OVERRIDES_FUNC(data: dict) -> dict:  # noqa: N802 (Superset's name)
    """Numbers as the reader's language writes them."""
    return {"d3_format": _numbers["ru" if str(get_locale()).startswith("ru") else "en"]}


FEATURE_FLAGS = {
    # Templates of SQL run in the server: nothing here needs them.
    "ENABLE_TEMPLATE_PROCESSING": False,
    "DRILL_TO_DETAIL": True,
    "DASHBOARD_RBAC": True,
    # Both need workers and a browser that are not part of this deployment.
    "ALERT_REPORTS": False,
    "THUMBNAILS": False,
}

# Nothing is loaded from, or told to, any other site.
TALISMAN_ENABLED = True
TALISMAN_CONFIG = {
    "content_security_policy": {
        "base-uri": ["'self'"],
        "default-src": ["'self'"],
        "img-src": ["'self'", "blob:", "data:"],
        "worker-src": ["'self'", "blob:"],
        "connect-src": ["'self'"],
        "object-src": "'none'",
        "style-src": ["'self'", "'unsafe-inline'"],
        "font-src": ["'self'", "data:"],
        "script-src": ["'self'", "'strict-dynamic'"],
        "frame-ancestors": ["'self'"],
    },
    "content_security_policy_nonce_in": ["script-src"],
    "force_https": False,
    "session_cookie_secure": _https,
}
THEME_FONT_URL_ALLOWED_DOMAINS: list[str] = []
ENABLE_PROXY_FIX = os.environ.get("SUPERSET_PROXY", "0") == "1"

WTF_CSRF_ENABLED = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = _https
# Nobody signs up; who has not signed in has the role Public, which may do nothing.
AUTH_USER_REGISTRATION = False
RATELIMIT_STORAGE_URI = "memory://"
PREVENT_UNSAFE_DB_CONNECTIONS = True

# Charts ask the databases each time: they answer within milliseconds, and a new price is seen at once.
CACHE_CONFIG = {"CACHE_TYPE": "NullCache", "CACHE_NO_NULL_WARNING": True}
DATA_CACHE_CONFIG = CACHE_CONFIG
ROW_LIMIT = 50_000
SQL_MAX_ROW = 100_000
SUPERSET_WEBSERVER_TIMEOUT = 60
