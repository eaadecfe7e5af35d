"""The addresses of this package, named noun-verb."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from notifications.views import (
    act_sheet,
    broadcasts,
    calls,
    contacts,
    holds,
    inbound,
    letters,
    outbox,
    preview,
    recordings,
    webhooks,
    wishes,
)

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
    path("messages/wishes/", wishes.own, name="wishes-own"),
    path("staff/people/<str:public_id>/wishes/", wishes.note, name="wishes-note"),
    path("staff/messages/", outbox.log, name="messages-log"),
    path("staff/messages/stuck/", outbox.stuck, name="messages-stuck"),
    path("staff/messages/stuck/<int:pk>/", outbox.settle, name="messages-settle"),
    path("staff/tell-many/", broadcasts.index, name="broadcasts-index"),
    path("staff/tell-many/<str:public_id>/", broadcasts.detail, name="broadcasts-detail"),
    path("staff/tell-many/<str:public_id>/agree/", broadcasts.agree, name="broadcasts-agree"),
    path("staff/messages/preview/", preview.index, name="preview-index"),
    path("staff/messages/preview/<slug:purpose>/", preview.detail, name="preview-detail"),
    path("staff/messages/hold/", holds.detail, name="messages-hold"),
    path("staff/messages/hold/compare/", holds.compare, name="messages-hold-compare"),
    path("staff/letters/", letters.index, name="letters-index"),
    path("staff/letters/paper/", letters.paper, name="letters-paper"),
    path("staff/letters/paper.pdf", letters.pdf, name="letters-pdf"),
    path("staff/recordings/", recordings.index, name="recordings-index"),
    path("staff/recordings/<str:public_id>/stop/", recordings.stop, name="recordings-stop"),
    path("staff/recordings/<slug:language>/<slug:name>/", recordings.keep, name="recordings-keep"),
    path("sounds/<str:token>", recordings.sound, name="recordings-sound"),
    path("staff/texts/", inbound.index, name="texts-index"),
    path("staff/texts/<str:public_id>/listen/", inbound.listen, name="texts-listen"),
    path("staff/texts/<str:public_id>/", inbound.handle, name="texts-handle"),
]
