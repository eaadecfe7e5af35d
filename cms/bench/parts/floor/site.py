"""Its settings and addresses, those of `startproject` with our database."""

from __future__ import annotations

import os
from pathlib import Path

import environ
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import path

settings.configure(
    SECRET_KEY=os.environ["FLOOR_SECRET_KEY"],
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    USE_TZ=True,
    TIME_ZONE="Europe/London",
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "django.contrib.messages",
        "django.contrib.staticfiles",
        "cms.bench.parts.floor",
    ],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "DIRS": [Path(__file__).with_name("templates")],
            "OPTIONS": {
                "context_processors": [
                    "django.template.context_processors.request",
                    "django.contrib.auth.context_processors.auth",
                    "django.contrib.messages.context_processors.messages",
                ],
            },
        }
    ],
    AUTH_USER_MODEL="floor.User",
    DATABASES={
        "default": environ.Env().db("DATABASE_URL") | {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True},
    },
    LOGGING_CONFIG=None,
    STATIC_URL="/static/",
)
application = get_wsgi_application()

from cms.bench.parts.floor import views  # noqa: E402 - settings come first

urlpatterns = [
    path("groups/", views.groups, name="groups"),
    path("groups/find/", views.find, name="find"),
    path("groups/<str:public_id>/", views.group, name="group"),
    path("talk/<str:public_id>/", views.thread, name="thread"),
    path("talk/<str:public_id>/reply/", views.reply, name="reply"),
    path("queue/", views.queue, name="queue"),
]
