"""Settings. What an installation may change comes from the environment; docs/settings.md lists it."""

from __future__ import annotations

import os
import shlex
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from heli.config import paths, second_opinion
from heli.config.database import django_database

DEBUG = os.environ.get("HELI_DEBUG") == "1"
SECRET_KEY = paths.secret_key()
ALLOWED_HOSTS = os.environ.get("HELI_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
SITE_URL = os.environ.get("HELI_URL", "http://127.0.0.1:8000")
IS_HTTPS = SITE_URL.startswith("https://")
CSRF_TRUSTED_ORIGINS = [SITE_URL]

INSTALLED_APPS = [
    "heli.config",
    "heli.rooms.plans",
    "heli.rooms.tasks",
    "heli.rooms.responsibilities",
    "heli.rooms.rulebook",
    "heli.rooms.information",
    "heli.rooms.people",
    "heli.ui",
    "heli.kernel",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "axes",
    "django_htmx",
    "template_partials",
    "procrastinate.contrib.django",
    "ninja",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "heli.ui.security.ContentSecurityPolicy",
    "heli.ui.security.PlainInput",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "heli.rooms.people.middleware.PersonMiddleware",
    "heli.ui.body_limit.BodyLimit",
    "heli.rooms.people.middleware.SignInDutyMiddleware",
    "heli.ui.problems.ProblemMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "heli.config.urls"
WSGI_APPLICATION = "heli.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "heli.ui.context.shell",
            ],
        },
    }
]

DATABASES = {"default": django_database()}
# Shared by all processes, or a code could be used once in each of them and every limit would count several times over.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "people_throttle",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SILENCED_SYSTEM_CHECKS: list[str] = []

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Chinese")), ("en", _("English"))]
LANGUAGE_COOKIE_NAME = "heli_language"
TIME_ZONE = os.environ.get("HELI_TIME_ZONE", "Asia/Shanghai")
USE_TZ = True
USE_I18N = True
FORMAT_MODULE_PATH = "heli.ui.formats"

STATIC_URL = "static/"
STATIC_ROOT = paths.VAR / "static"
STATICFILES_DIRS = [paths.ASSETS] if paths.ASSETS.exists() else []
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
MEDIA_ROOT = paths.FILES
# What looks at each file before it is kept, as words of a command; nothing unless the enterprise names it.
FILE_SCAN = shlex.split(os.environ.get("HELI_FILE_SCAN", ""))
MEDIA_URL = "files/"
FILE_UPLOAD_PERMISSIONS = 0o600
DATA_UPLOAD_MAX_MEMORY_SIZE = 30 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000

# Sign-in ------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "people.Account"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "heli.rooms.people.backends.StaffNumberOrEmailBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("sign_in_name", "email")},
    },
]
# Staff number or e-mail, a password, and a second factor where the role asks for one (heli/rooms/people/backends.py).
# ``heli run`` sets HELI_DEMO from the database, whatever the environment said.
IS_DEMO = os.environ.get("HELI_DEMO") == "1"
SECOND_FACTOR = os.environ.get("HELI_SECOND_FACTOR", "off" if IS_DEMO else "required") == "required"
TRUSTED_PROXIES = int(os.environ.get("HELI_TRUSTED_PROXIES", "0"))
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
ACCOUNT_ADAPTER = "heli.rooms.people.backends.SignInAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "sign_in_name"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_LOGOUT_REDIRECT_URL = "/sign-in/"
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_FORMS = {
    "login": "heli.rooms.people.forms.SignInForm",
    "reauthenticate": "heli.rooms.people.forms.AgainForm",
}
# "strangers" are sign-ins of unknown devices by address (people's own view); allauth's own limit of every sign-in by
# address is off, because a known device must not share it. Beyond it only names tried wrongly there
# wait (ADR 13). Failures are counted by axes (below).
# "login_failed" counts wrong codes of a second factor alone, which nobody can type who lacks the password.
ACCOUNT_RATE_LIMITS = {
    "login": None,
    "strangers": "300/m/ip",
    "login_failed": "8/15m/key",
    "reauthenticate": "30/m/user",
}
MFA_ADAPTER = "heli.rooms.people.backends.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_ISSUER = "Heli"
MFA_TOTP_TOLERANCE = 1
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not IS_HTTPS
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = "heli.rooms.people.backends.lockout_parameters"
AXES_USERNAME_CALLABLE = "heli.rooms.people.access.strangers.lockout_name"
AXES_CLIENT_IP_CALLABLE = "heli.rooms.people.access.strangers.client_address"
AXES_LOCKOUT_CALLABLE = "heli.rooms.people.views.sign_in.locked_out"
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_DISABLE_ACCESS_LOG = True  # nobody's sign-ins are counted
AXES_VERBOSE = False
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "login", "csrfmiddlewaretoken"]
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"
SESSION_COOKIE_NAME = "heli_session"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
CSRF_COOKIE_NAME = "heli_csrf"
CSRF_FAILURE_VIEW = "heli.ui.views.csrf_failure"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if IS_HTTPS else None
X_FRAME_OPTIONS = "DENY"

# A model the enterprise runs itself; off without an address (docs/adr/0009).
SECOND_OPINION = second_opinion.endpoint()

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"

EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = os.environ.get("HELI_SMTP_HOST", "localhost")
DEFAULT_FROM_EMAIL = os.environ.get("HELI_MAIL_FROM", "heli@localhost")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("HELI_LOG_LEVEL", "WARNING")},
}
