"""A bare Django that says hello: one view, no middleware, no database."""

from __future__ import annotations

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

settings.configure(
    SECRET_KEY="a bench on this machine alone",  # noqa: S106 - guards nothing
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    LOGGING_CONFIG=None,
)


def hello(request: HttpRequest) -> HttpResponse:
    """Say hello."""
    return HttpResponse("hello", headers={"Content-Length": "5"})  # no middleware counts it


urlpatterns = [path("", hello)]
application = get_wsgi_application()
