"""The addresses of this package, named noun-verb."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from notifications.views import webhooks

urlpatterns: list[URLPattern | URLResolver] = [
    path("n/status/<str:token>/", webhooks.status, name="webhooks-status"),
    path("n/voice/<str:token>/<slug:step>/", webhooks.call, name="webhooks-voice"),
    path("n/text/", webhooks.text, name="webhooks-text"),
    path("n/ring/", webhooks.ring, name="webhooks-ring"),
]
