"""Every address of the site; public ones stand in tests/matrix/routes.txt."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.views.generic import RedirectView
from wagtail import views as wagtail_views
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.contrib.sitemaps.views import sitemap
from wagtail.documents.views.serve import serve as serve_document

from cms.views import accounts, accounts_desk, health, imports, reveals, robots, sign_in, style

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("style/", style.style, name="style"),
    path("account/second-step/", accounts.second_step, name="second-step"),
    path("account/single-sign-on/cancelled/", accounts.not_signed_in, name="socialaccount_login_cancelled"),
    path("account/single-sign-on/failed/", accounts.not_signed_in, name="socialaccount_login_error"),
    path("account/card/", sign_in.card, name="sign-in-card"),
    path("account/together/", sign_in.together, name="sign-in-together"),
    path("account/way-back/", sign_in.way_back, name="sign-in-way-back"),
    path("account/way-back/number/", sign_in.come_back, name="sign-in-come-back"),
    path("account/way-back/stop/", accounts.stop_way_back, name="account-stop"),
    path("account/signed-in/", accounts.signed_in, name="account-sessions"),
    path("account/signed-in/end/", accounts.end_others, name="account-end-others"),
    path("account/signed-in/<int:pk>/end/", accounts.end_session, name="account-end-session"),
    path("account/own-words/", accounts.own_words, name="account-words"),
    path("account/kept-code/", accounts.keep_code, name="account-code"),
    path("account/card/lost/", accounts.card_lost, name="account-card-lost"),
    path("account/login/code/", login_not_required(RedirectView.as_view(pattern_name="account_login"))),
    path("account/", include("allauth.account.urls")),
    path("account/2fa/", include("allauth.mfa.urls")),
    path("account/", include("allauth.socialaccount.providers.openid_connect.urls")),
    # Staff sign in at the common page, so that second factors hold for them too (decision 12).
    path("admin/login/", login_not_required(RedirectView.as_view(pattern_name="account_login", query_string=True))),
    path("admin/", include(wagtailadmin_urls)),
    # Wagtail's own serving views are not exempt from LoginRequiredMiddleware (decision 14).
    path(
        "documents/<int:document_id>/<path:document_filename>",
        login_not_required(serve_document),
        name="wagtaildocs_serve",
    ),
    path("sitemap.xml", login_not_required(sitemap), name="sitemap"),
    path("robots.txt", robots.robots, name="robots"),
    path(
        "_util/login/", login_not_required(RedirectView.as_view(pattern_name="account_login")), name="wagtailcore_login"
    ),
    *([path("demo/", include("cms.demo.urls"))] if settings.DEMO else []),
    path("staff/accounts/", accounts_desk.index, name="accounts-index"),
    path("staff/people/<str:public_id>/account/", accounts_desk.detail, name="accounts-detail"),
    path("staff/people/<str:public_id>/account/card/", accounts_desk.give_card, name="accounts-card"),
    path("staff/people/<str:public_id>/account/card/end/", accounts_desk.end_card, name="accounts-card-end"),
    path("staff/people/<str:public_id>/account/together/", accounts_desk.start_together, name="accounts-together"),
    path("staff/people/<str:public_id>/account/way-back/", accounts_desk.vouch, name="accounts-vouch"),
    path("staff/people/<str:public_id>/account/way-back/stop/", accounts_desk.call_off, name="accounts-call-off"),
    path("staff/people/<str:public_id>/account/sign-out/", accounts_desk.end_sessions, name="accounts-end-sessions"),
    path("staff/people/<str:public_id>/account/email/", accounts_desk.write_email, name="accounts-email"),
    path("staff/places/<str:public_id>/who/", reveals.person, name="reveals-person"),
    path("staff/looked-up/", reveals.index, name="reveals-index"),
    path("staff/looked-up/<str:public_id>/checked/", reveals.check, name="reveals-check"),
    path("staff/lists/", imports.index, name="imports-index"),
    path("staff/lists/changes/", imports.changes, name="imports-changes"),
    path("staff/lists/changes/<str:public_id>/", imports.change, name="imports-change"),
    path("staff/lists/changes/<str:public_id>/take/", imports.take, name="imports-take"),
    path("staff/lists/changes/<str:public_id>/keep/", imports.keep, name="imports-keep"),
    path("staff/lists/<str:public_id>/", imports.detail, name="imports-detail"),
    path("staff/lists/<str:public_id>/left-out.csv", imports.left_out, name="imports-left-out"),
    path("", include("peer.urls")),
    path("", include("moderation.urls")),
    path("", include("notifications.urls")),
    re_path(r"^((?:[\w\-]+/)*)$", login_not_required(wagtail_views.serve), name="wagtail_serve"),
]
