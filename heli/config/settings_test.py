"""Settings of the test run: the ordinary ones on a throw-away database, with what is slow on purpose made fast."""

from __future__ import annotations

import os

os.environ.setdefault("HELI_SECRET_KEY", "a key for tests only, signing nothing that is kept")

from heli.config import paths
from heli.config.settings import *  # noqa: F403 - a test run has every ordinary setting
from heli.config.settings import DATABASES
from heli.config.testing import postgres

_server = postgres.cluster()
DATABASES["default"].update(  # the owner, because tests truncate; tests/ops check what the application may not
    NAME="not-made-yet", USER="heli_owner", PASSWORD="", HOST=str(_server.sockets), PORT="", CONN_MAX_AGE=0
)
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
SECOND_FACTOR = False  # tests of the duty itself switch it on
CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
MEDIA_ROOT = postgres.run_folder() / "files"
paths.FILES = MEDIA_ROOT
STATIC_ROOT = postgres.run_folder() / "static"
STATIC_ROOT.mkdir(exist_ok=True)
ALLOWED_HOSTS = ["*"]
SECOND_OPINION = None
