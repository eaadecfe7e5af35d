"""The addresses of this package, named noun-verb."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from notifications.views import act_sheet, calls, contacts, holds, inbound, letters, outbox, webhooks

urlpatterns: list[URLPattern | URLResolver] = [
    path("escalations/<str:public_id>/act-sheet/", act_sheet.detail, name="act-sheet-detail"),
    path("webhooks/twilio/status/<str:token>/", webhooks.status, name="webhooks-status"),
    path("webhooks/twilio/call/<str:token>/<slug:step>/", webhooks.call, name="webhooks-voice"),
    path("webhooks/twilio/sms/", webhooks.text, name="webhooks-text"),
    path("webhooks/twilio/voice/", webhooks.ring, name="webhooks-ring"),
    path("webhooks/twilio/voice/<slug:step>/", webhooks.ring, name="webhooks-ring"),
    path("webhooks/twilio/transcript/", webhooks.transcript, name="webhooks-transcript"),
    path("staff/calls/", calls.index, name="calls-index"),
    path("staff/calls/<str:public_id>/", calls.detail, name="calls-detail"),
    path("staff/calls/<str:public_id>/take/", calls.take, name="calls-take"),
    path("staff/calls/<str:public_id>/hand-back/", calls.hand_back, name="calls-hand-back"),
    path("staff/people/<str:public_id>/numbers/", contacts.add, name="contacts-add"),
    path("messages/", outbox.own, name="messages-own"),
    path("staff/messages/", outbox.log, name="messages-log"),
    path("staff/messages/stuck/", outbox.stuck, name="messages-stuck"),
    path("staff/messages/stuck/<int:pk>/", outbox.settle, name="messages-settle"),
    path("staff/messages/hold/", holds.detail, name="messages-hold"),
    path("staff/messages/hold/compare/", holds.compare, name="messages-hold-compare"),
    path("staff/letters/", letters.index, name="letters-index"),
    path("staff/letters/paper/", letters.paper, name="letters-paper"),
    path("staff/texts/", inbound.index, name="texts-index"),
    path("staff/texts/<str:public_id>/listen/", inbound.listen, name="texts-listen"),
    path("staff/texts/<str:public_id>/", inbound.handle, name="texts-handle"),
]
