"""The addresses of the demo; cms/urls.py includes them in that environment alone."""

from __future__ import annotations

from django.urls import path

from cms.demo import views

urlpatterns = [
    path("", views.guide, name="demo-guide"),
    path("sign-in/", views.sign_in, name="demo-sign-in"),
    path("clock/", views.move_clock, name="demo-clock"),
]
