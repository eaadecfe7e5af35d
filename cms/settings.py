"""All settings, from the environment only: safe with nothing set, refusing to start half-set in production."""

from __future__ import annotations

from pathlib import Path

from celery.schedules import crontab
from csp.constants import NONE, SELF

from cms.env import env, local_secret, secret

BASE_DIR = Path(__file__).resolve().parent.parent

# ── What this run is ────────────────────────────────────────────────────────────────────────────────────────────────
ENVIRONMENT = env.str("ENVIRONMENT", default="development")  # development | demo | test | production
if ENVIRONMENT not in {"development", "demo", "test", "production"}:
    raise ValueError("ENVIRONMENT is one of development, demo, test, production.")
PRODUCTION = ENVIRONMENT == "production"
DEMO = ENVIRONMENT == "demo"
DEBUG = env.bool("DEBUG", default=ENVIRONMENT == "development")
STATE_DIR = Path(env.str("STATE_DIR", default=str(BASE_DIR / (".test" if ENVIRONMENT == "test" else ".demo"))))

SECRET_KEY = secret("SECRET_KEY") if PRODUCTION else local_secret("SECRET_KEY", STATE_DIR)
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
SALT_KEY = env.list("FIELD_KEYS", default=[]) or [local_secret("FIELD_KEY", STATE_DIR)]  # newest first; encrypts fields
NUMBER_HASH_KEY = secret("NUMBER_HASH_KEY") if PRODUCTION else local_secret("NUMBER_HASH_KEY", STATE_DIR)
if PRODUCTION and not env.list("FIELD_KEYS", default=[]):
    raise ValueError("Set FIELD_KEYS (newest first): it encrypts phone numbers and messages.")

PUBLIC_BASE_URL = env.str("PUBLIC_BASE_URL", default="http://localhost:8000").rstrip("/")
if PRODUCTION and not PUBLIC_BASE_URL.startswith("https://"):
    raise ValueError("Set PUBLIC_BASE_URL to the https address people use.")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[] if PRODUCTION else ["localhost", "127.0.0.1", "testserver"])
if PRODUCTION and not ALLOWED_HOSTS:
    raise ValueError("Set ALLOWED_HOSTS.")
CSRF_TRUSTED_ORIGINS = [PUBLIC_BASE_URL]
SERVICE_NAME = env.str("SERVICE_NAME", default="Meanwhile")

# ── Time (decision 1) ───────────────────────────────────────────────────────────────────────────────────────────────
CLOCK_OFFSET = env.float("CLOCK_OFFSET", default=0.0)
CLOCK_OFFSET_FILE: Path | None = None
if not PRODUCTION:
    _offset_file = env.str("CLOCK_OFFSET_FILE", default=str(STATE_DIR / "clock-offset") if DEMO else "")
    CLOCK_OFFSET_FILE = Path(_offset_file) if _offset_file else None
CRASH_AT = "" if PRODUCTION else env.str("CRASH_AT", default="")  # fault tests: "name:n" dies at the n-th pass
TIME_SCALE = env.float("TIME_SCALE", default=1.0)  # waits and limits are divided by this; benches set 100
RELEASE_A_DAY = env.int("RELEASE_A_DAY", default=20)  # families that leave the hold; each is rung (U10, decision 27)
USE_TZ = True
TIME_ZONE = "Europe/London"
LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", "English"), ("ar", "العربية")]  # of pages; those of messages are in notifications/languages.toml
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
WAGTAIL_I18N_ENABLED = USE_I18N = True
LOCALE_PATHS = [BASE_DIR / "locale"]

# ── Applications ────────────────────────────────────────────────────────────────────────────────────────────────────
INSTALLED_APPS = [
    "cms",
    "notifications",
    "moderation",
    "peer",
    "wagtail.contrib.forms",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.contrib.simple_translation",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "wagtailnhsukfrontend",
    "modelcluster",
    "taggit",
    "guardian",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "django_htmx",
    "csp",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
]

MIDDLEWARE = [
    "cms.kept.KeptPages",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "peer.methods.MethodMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "cms.door.EditorsDoor",
    "peer.web.GateMiddleware",
    "cms.second_factor.StaffDoor",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
]

ROOT_URLCONF = "cms.urls"
WSGI_APPLICATION = "cms.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "peer.web.page_context",
                "cms.service.page_context",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "peer.templatetags.peer",
                "cms.templatetags.components",
            ],
        },
    }
]

# ── Data ────────────────────────────────────────────────────────────────────────────────────────────────────────────
if PRODUCTION and not env.str("DATABASE_URL", default=""):
    raise ValueError("Set DATABASE_URL (PostgreSQL).")
DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{STATE_DIR / 'meanwhile.sqlite3'}")}
_database = DATABASES["default"]
_test_name = env.str("TEST_NAME", default="meanwhile")
if _database["ENGINE"].endswith("sqlite3"):
    STATE_DIR.mkdir(parents=True, exist_ok=True)
    # 223 of 240 rival writes failed without these three; none with them (tests/peer/test_sqlite.py).
    _database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;",
    }
    _database["TEST"] = {"NAME": str(STATE_DIR / f"test-{_test_name}.sqlite3")}
else:
    _database["CONN_MAX_AGE"] = 60
    _database["CONN_HEALTH_CHECKS"] = True
    # A process frozen inside a transaction lets go of its locks, and the others go on.
    # What `peer.written` asks again and again is planned once a connection, and not anew each time where the server
    # believes that a plan for these very values is worth it (a moderator's last turn: 0.8 ms planned, 0.1 kept).
    # Rows lie in memory or on a drive without a moving head: PostgreSQL's own guess is from before those, and it
    # reads whole tables where an index is several times as quick (`my_groups` 8.7 ms, and 2.5 with this).
    _asked = "idle_in_transaction_session_timeout=60000", "plan_cache_mode=force_generic_plan", "random_page_cost=1.1"
    _own = {"options": " ".join(f"-c {one}" for one in _asked), "prepare_threshold": 5}
    _database["OPTIONS"] = _own | _database.get("OPTIONS", {})
    _database["TEST"] = {"NAME": f"test_{_test_name}"}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", default="")
if PRODUCTION and not REDIS_URL:
    raise ValueError("Set REDIS_URL (broker and cache).")
_patience = {"socket_timeout": 0.25, "socket_connect_timeout": 0.25}
_redis = {"BACKEND": "cms.caches.RedisOrMemory", "LOCATION": REDIS_URL, "OPTIONS": _patience}
_memory = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
CACHES = {
    "default": _redis if REDIS_URL else _memory,
    "pages": _memory | {"LOCATION": "pages", "OPTIONS": {"MAX_ENTRIES": 500}},  # cms/kept.py; some 10 KB each
}
CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", default=REDIS_URL or "memory://localhost/")
CELERY_TASK_IGNORE_RESULT = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_timeout": 0.5, "socket_connect_timeout": 0.5}
CELERY_TIMEZONE = "Europe/London"
CELERY_BEAT_SCHEDULE = {
    "clear-sessions": {"task": "cms.clear_sessions", "schedule": crontab(hour=3, minute=20)},
    "forget-changes": {"task": "cms.forget_changes", "schedule": crontab(hour=3, minute=25)},
    "keep-page-times": {"task": "cms.keep_page_times", "schedule": crontab(minute="*/5")},
}

# ── Signing in (decision 9) ─────────────────────────────────────────────────────────────────────────────────────────
AUTH_USER_MODEL = "peer.User"
AUTHENTICATION_BACKENDS = [
    "cms.accounts.Backend",
    "guardian.backends.ObjectPermissionBackend",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/home/"
LOGOUT_REDIRECT_URL = "/"
ANONYMOUS_USER_NAME = None
ACCOUNT_ADAPTER = "cms.accounts.Adapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_SESSION_REMEMBER = False  # phones are shared: nobody is asked, every session ends with the browser
ACCOUNT_LOGIN_METHODS = {"phone"}
ACCOUNT_FORMS = {"login": "cms.forms.accounts.SignInForm"}
ACCOUNT_RATE_LIMITS = {"card": "10/m/ip,40/h/ip", "together": "10/m/ip,40/h/ip", "way_back": "5/m/ip,20/h/ip"}
ACCOUNT_SIGNUP_FIELDS = ["phone*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_FORMAT = {"numeric": True, "length": 6, "dashed": False}
ACCOUNT_PHONE_VERIFICATION_CODE_FORMAT = ACCOUNT_LOGIN_BY_CODE_FORMAT
MFA_ADAPTER = "cms.accounts.SecondFactors"
MFA_FORMS = {
    "add_webauthn": "cms.forms.accounts.AddPasskey",
    "activate_totp": "cms.forms.accounts.SetUpCodeApp",
    "authenticate": "cms.forms.accounts.SecondStep",
    "reauthenticate": "cms.forms.accounts.SecondStepAgain",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION  # passkeys work on http://localhost only with this
MFA_TOTP_ISSUER = SERVICE_NAME
MFA_TOTP_TOLERANCE = 1  # a phone's clock may be half a minute off
# Single sign-on of the organisation, where its address is set; without it the addresses answer 404 (U18).
OIDC_SERVER_URL = env.str("OIDC_SERVER_URL", default="")
OIDC_NAME = env.str("OIDC_NAME", default="your work account")
OIDC_EMAIL_IS_CHECKED = env.bool("OIDC_EMAIL_IS_CHECKED", default=False)  # the server leaves `email_verified` out
SOCIALACCOUNT_ADAPTER = "cms.single_sign_on.SingleSignOn"
SOCIALACCOUNT_LOGIN_ON_GET = True  # a link: the policy lets no form lead to another host
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": []}}
if OIDC_SERVER_URL:
    SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"] = [
        {
            "provider_id": "staff",
            "name": OIDC_NAME,
            "client_id": env.str("OIDC_CLIENT_ID"),
            "secret": secret("OIDC_CLIENT_SECRET"),
            "settings": {"server_url": OIDC_SERVER_URL},
        }
    ]
SESSION_ENGINE = "cms.session_rows"
SESSION_COOKIE_AGE = 60 * 60 * 12
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"

# ── Wagtail ─────────────────────────────────────────────────────────────────────────────────────────────────────────
WAGTAIL_SITE_NAME = SERVICE_NAME
WAGTAILADMIN_BASE_URL = PUBLIC_BASE_URL
WAGTAIL_FRONTEND_LOGIN_URL = "/account/login/"
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_FINISH_WORKFLOW_ACTION = "cms.approving.publish"
WAGTAIL_WORKFLOW_REQUIRE_REAPPROVAL_ON_EDIT = True  # a yes is to the words that were read (P3)
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAILIMAGES_IMAGE_MODEL = "cms.Photo"
WAGTAILIMAGES_IMAGE_FORM_BASE = "cms.forms.photos.PhotoForm"
WAGTAILIMAGES_EXTENSIONS = ["jpg", "jpeg", "png", "webp", "gif"]
WAGTAIL_PRIVATE_PAGE_OPTIONS = {"SHARED_PASSWORD": False}
WAGTAILDOCS_PRIVATE_COLLECTION_OPTIONS = {"SHARED_PASSWORD": False}
WAGTAILDOCS_EXTENSIONS = ["pdf", "txt", "csv", "mp3"]
WAGTAILDOCS_DOCUMENT_FORM_BASE = "cms.forms.documents.DocumentForm"
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database", "SEARCH_CONFIG": "english"}}
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000

# ── Files ───────────────────────────────────────────────────────────────────────────────────────────────────────────
STATIC_URL = "/static/"
STATIC_ROOT = (
    env.str("STATIC_ROOT", default=str(BASE_DIR / "staticfiles")) if PRODUCTION else None
)  # elsewhere the finders serve them
STATICFILES_DIRS: list[Path] = []
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "cms.finders.VendorSheet",
]
MEDIA_ROOT = STATE_DIR / "media"
PRIVATE = "cms.storage.PrivateFiles"
STORAGES = {
    "default": {"BACKEND": PRIVATE},  # documents and photos, each shown by a view that asks
    "private": {"BACKEND": PRIVATE, "OPTIONS": {"location": STATE_DIR / "private"}},  # copies, recordings
    "staticfiles": {
        "BACKEND": "cms.storage.HashedStatic" if PRODUCTION else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_AUTOREFRESH = ENVIRONMENT == "development"

# ── Messages out (decisions 6, 26) ──────────────────────────────────────────────────────────────────────────────────
TWILIO_BASE_URL = env.str("TWILIO_BASE_URL", default="" if PRODUCTION else "http://127.0.0.1:4010")
TWILIO_ACCOUNT_SID = secret("TWILIO_ACCOUNT_SID") if PRODUCTION else "AC" + "0" * 32
TWILIO_AUTH_TOKEN = secret("TWILIO_AUTH_TOKEN") if PRODUCTION else local_secret("TWILIO_AUTH_TOKEN", STATE_DIR)
OUTBOX_MARK = env.str(
    "OUTBOX_MARK", default="" if ENVIRONMENT == "test" else str(STATE_DIR / "outbox-mark.json")
)  # empty: none
HEARTBEAT_URL = env.str("HEARTBEAT_URL", default="")  # off this host: rings when the watcher asks for it no more (U18)
if HEARTBEAT_URL and not HEARTBEAT_URL.startswith(("https://", *(() if PRODUCTION else ("http://127.0.0.1:",)))):
    raise ValueError("HEARTBEAT_URL must be https.")
TWILIO_CONNECTIONS = env.int("TWILIO_CONNECTIONS", default=20)  # at once, and rows claimed at once
TWILIO_PER_SECOND = env.int("TWILIO_PER_SECOND", default=10 if PRODUCTION else 0)  # what the senders take; 0: no limit
MESSAGE_LANGUAGES = env.list("MESSAGE_LANGUAGES", default=["all"] if DEMO else [])  # empty: English and those checked
TWILIO_FROM = env.str("TWILIO_FROM", default="+447700900001")
# A second network, for pages when the first one is silent (H16); without a key there is none.
VONAGE_BASE_URL = env.str("VONAGE_BASE_URL", default="")
VONAGE_API_KEY = env.str("VONAGE_API_KEY", default="")
VONAGE_API_SECRET = secret("VONAGE_API_SECRET", default="")
VONAGE_APPLICATION_ID = env.str("VONAGE_APPLICATION_ID", default="")
VONAGE_PRIVATE_KEY = secret("VONAGE_PRIVATE_KEY", default="")  # of the application, in PEM: signs what asks for a call
VONAGE_FROM = env.str("VONAGE_FROM", default="")
TEXT_PENCE = env.float("TEXT_PENCE", default=4.0)  # what the network asks for one segment of a text
CALL_PENCE = env.float("CALL_PENCE", default=3.0)  # … and for one minute of a call, begun ones too
SIMULATOR_URL = env.str("SIMULATOR_URL", default=TWILIO_BASE_URL)  # the handsets, in the demo alone
SERVICE_PHONE = env.str("SERVICE_PHONE", default="020 7946 0000")
DETAILS_KEPT_SECONDS = (
    1e9 if ENVIRONMENT == "test" else 5
)  # what a manager changes is on the pages of every process by then
# The local crisis team, as the act sheet names it; a service without one shows 111, option 2 alone.
CRISIS_TEAM_PHONE = env.str("CRISIS_TEAM_PHONE", default="" if PRODUCTION else "020 7946 0911")
SHORT_ADDRESS = env.str("SHORT_ADDRESS", default=PUBLIC_BASE_URL.split("://", 1)[-1])  # as a text shows it
EMAIL_URL = env.str("EMAIL_URL", default="")  # smtp+tls://name:password@host:587; without it nothing goes by e-mail
vars().update(env.email_url_config(EMAIL_URL or "dummymail://"))
EMAIL_FROM = DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", default=f"{SERVICE_NAME} <hello@example.org>")

# ── Security ────────────────────────────────────────────────────────────────────────────────────────────────────────
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
        "media-src": [SELF],  # staff listen to what was said after the tone
    },
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
if PRODUCTION:
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"
    if env.str("PROXY_SSL_HEADER", default=""):
        SECURE_PROXY_SSL_HEADER = (env.str("PROXY_SSL_HEADER"), "https")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {"()": "cms.logs.JsonLines"},
        "plain": {"format": "{levelname} {name}: {message}", "style": "{"},
    },
    "filters": {"but_not_found": {"()": "cms.logs.ButNotFound"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "json" if PRODUCTION else "plain",
            "filters": ["but_not_found"] if DEMO else [],
        }
    },
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="WARNING")},
}
SILENCED_SYSTEM_CHECKS: list[str] = []
