"""The addresses of this package, named noun-verb."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from moderation.views import checking, escalations, freezes, group_weeks, moderators, queue, reports, risk, shifts

urlpatterns: list[URLPattern | URLResolver] = [
    path("queue/", queue.index, name="queue-list"),
    path("queue/break/", queue.take_break, name="queue-break"),
    path("queue/rest/", queue.rest, name="queue-rest"),
    path("queue/stop/", checking.stop, name="queue-stop"),
    path("queue/topics/", checking.topics, name="queue-topics"),
    path("queue/practice/", checking.practice, name="queue-practice"),
    path("queue/practice/<slug:key>/", checking.practice_post, name="queue-practice-post"),
    path("queue/turns/<str:public_id>/", checking.turn, name="queue-turn"),
    path("queue/<str:public_id>/", queue.detail, name="queue-detail"),
    path("queue/<str:public_id>/claim/", queue.claim, name="queue-claim"),
    path("queue/<str:public_id>/done/", queue.done, name="queue-done"),
    path("queue/<str:public_id>/<slug:decision>/", queue.decide, name="queue-decide"),
    path("risk/", risk.index, name="risk-list"),
    path("risk/<str:public_id>/", risk.detail, name="risk-detail"),
    path("risk/<str:public_id>/<slug:decision>/", risk.decide, name="risk-decide"),
    path("escalations/", escalations.index, name="escalations-list"),
    path("escalations/<str:public_id>/", escalations.detail, name="escalations-detail"),
    path("escalations/<str:public_id>/acknowledge/", escalations.acknowledge, name="escalations-acknowledge"),
    path("escalations/<str:public_id>/reassign/", escalations.reassign, name="escalations-reassign"),
    path("escalations/<str:public_id>/do/<slug:what>/", escalations.act, name="escalations-act"),
    path("page/<str:token>/", escalations.by_link, name="escalations-link"),
    path("posts/<str:public_id>/report/", reports.create, name="reports-create"),
    path("reports/<str:public_id>/", reports.detail, name="reports-detail"),
    path("reports/<str:public_id>/<slug:what>/", reports.decide, name="reports-decide"),
    path("rota/", shifts.rota, name="rota-list"),
    path("rota/<str:public_id>/cancel/", shifts.cancel, name="rota-cancel"),
    path("shifts/", shifts.mine, name="shifts-mine"),
    path("shifts/<str:public_id>/start/", shifts.start, name="shifts-start"),
    path("shifts/<str:public_id>/end/", shifts.end, name="shifts-end"),
    path("shifts/<str:public_id>/hand-over/", shifts.hand_over, name="shifts-hand-over"),
    path("staff/moderators/", moderators.index, name="moderators-index"),
    path("staff/moderators/talks/<str:public_id>/", moderators.talked, name="moderators-talked"),
    path("staff/moderators/<str:public_id>/", moderators.change, name="moderators-change"),
    path("staff/groups/<str:public_id>/week/", group_weeks.detail, name="groups-week"),
    path("pause/", freezes.index, name="freezes-list"),
    path("pause/<str:public_id>/<slug:what>/", freezes.change, name="freezes-change"),
]
