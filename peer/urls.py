"""The addresses of this package, named noun-verb."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from peer.views import feedback, feedback_desk

urlpatterns: list[URLPattern | URLResolver] = [
    path("feedback/", feedback.give, name="feedback-give"),
    path("feedback/complain/", feedback.complain, name="feedback-complain"),
    path("feedback/find/", feedback.find, name="feedback-find"),
    path("feedback/said/<str:public_id>/", feedback.said, name="feedback-said"),
    path("feedback/<str:reference>/", feedback.status, name="feedback-status"),
    path("staff/feedback/", feedback_desk.index, name="feedback-index"),
    path("staff/feedback/by-phone/", feedback_desk.log, name="feedback-log"),
    path("staff/feedback/promises/<int:pk>/", feedback_desk.settle, name="feedback-settle"),
    path("staff/feedback/<str:public_id>/", feedback_desk.detail, name="feedback-detail"),
    path("staff/feedback/<str:public_id>/agree/", feedback_desk.agree, name="feedback-agree"),
    path("staff/feedback/<str:public_id>/acknowledge/", feedback_desk.acknowledge, name="feedback-acknowledge"),
    path("staff/feedback/<str:public_id>/<slug:verb>/", feedback_desk.act, name="feedback-act"),
]
