"""The addresses of this package, named noun-verb."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from notifications.views import act_sheet, webhooks

urlpatterns: list[URLPattern | URLResolver] = [
    path("escalations/<str:public_id>/act-sheet/", act_sheet.detail, name="act-sheet-detail"),
    path("webhooks/twilio/status/<str:token>/", webhooks.status, name="webhooks-status"),
    path("webhooks/twilio/call/<str:token>/<slug:step>/", webhooks.call, name="webhooks-voice"),
    path("webhooks/twilio/sms/", webhooks.text, name="webhooks-text"),
    path("webhooks/twilio/voice/", webhooks.ring, name="webhooks-ring"),
]
