"""The door of the editing rooms: whoever has no right gets the 404 of a page that never was (decision 12, row 34)."""

from __future__ import annotations

from collections.abc import Callable

from csp.constants import SELF, UNSAFE_INLINE
from django.http import Http404, HttpRequest, HttpResponse

from cms import editors

ROOMS = "/admin/"

# Wagtail's editing pages need inline script and style and show previews in a frame; nothing else is looser (trap 25).
LOOSER = {
    "script-src": [SELF, UNSAFE_INLINE],
    "style-src": [SELF, UNSAFE_INLINE],
    "img-src": [SELF, "data:", "blob:"],
    "frame-src": [SELF],
    "frame-ancestors": [SELF],
}


class EditorsDoor:
    """Asks at every page under /admin/, also at Wagtail's views that exempt themselves, whether this person edits."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Let editors in, under a looser policy; for anybody else there is nothing here."""
        if not request.path_info.startswith(ROOMS):
            return self.get_response(request)
        if not (request.user.is_authenticated and editors.sync(request.user)):
            raise Http404
        response = self.get_response(request)
        response._csp_replace = LOOSER  # type: ignore[attr-defined]
        return response
