"""The addresses of this package, named noun-verb."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from peer.views import feedback, feedback_desk, groups, groups_desk, hello_calls, invitations, invitations_desk, talk

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
    path("i/<str:secret>", invitations.hello, name="invitations-hello"),
    path("i/<str:secret>/code", invitations.code, name="invitations-code"),
    path("i/<str:secret>/yes", invitations.yes, name="invitations-yes"),
    path("i/<str:secret>/no", invitations.no, name="invitations-no"),
    path("i/<str:secret>/question", invitations.question, name="invitations-question"),
    path("groups/", groups.index, name="groups-index"),
    path("groups/joining/<str:public_id>/name/", groups.name, name="groups-name"),
    path("groups/joining/<str:public_id>/yes/", groups.start, name="groups-start"),
    path("groups/<str:public_id>/", groups.detail, name="groups-detail"),
    path("groups/<str:public_id>/how-we-treat-each-other/", groups.protocol, name="groups-protocol"),
    path("groups/<str:public_id>/write/", talk.new, name="talk-new"),
    path("talk/<str:public_id>/", talk.detail, name="talk-detail"),
    path("talk/<str:public_id>/reply/", talk.reply, name="talk-reply"),
    path("my-posts/<str:public_id>/", talk.own, name="talk-own"),
    path("my-posts/<str:public_id>/change/", talk.change, name="talk-change"),
    path("my-posts/<str:public_id>/take-back/", talk.take_back, name="talk-take-back"),
    path("my-posts/<str:public_id>/withdraw/", talk.withdraw, name="talk-withdraw"),
    path("staff/invitations/", invitations_desk.index, name="invitations-index"),
    path("staff/invitations/offer/<str:public_id>/", invitations_desk.offer, name="invitations-offer"),
    path("staff/invitations/<str:public_id>/answer/", invitations_desk.answer, name="invitations-answer"),
    path("staff/hello-calls/", hello_calls.index, name="hello-calls-index"),
    path("staff/hello-calls/<str:public_id>/", hello_calls.detail, name="hello-calls-detail"),
    path("staff/hello-calls/<str:public_id>/keep-apart/", hello_calls.keep_apart, name="hello-calls-keep-apart"),
    path("staff/hello-calls/<str:public_id>/taken-over/", hello_calls.taken_over, name="hello-calls-taken-over"),
    path("staff/groups/", groups_desk.index, name="groups-desk"),
    path("staff/groups/new/", groups_desk.new, name="groups-new"),
    path("staff/groups/<str:public_id>/", groups_desk.set_up, name="groups-set-up"),
    path("staff/groups/<str:public_id>/change/", groups_desk.change, name="groups-change"),
    path("staff/groups/<str:public_id>/protocol/", groups_desk.protocol, name="groups-write-protocol"),
    path("staff/groups/<str:public_id>/role/", groups_desk.role, name="groups-role"),
    path("staff/groups/<str:public_id>/role/<int:pk>/end/", groups_desk.end_role, name="groups-end-role"),
    path("staff/groups/<str:public_id>/open/", groups_desk.open_now, name="groups-open"),
]
