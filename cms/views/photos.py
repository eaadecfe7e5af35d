"""The one way to a photo's file: who may see its collection is asked at each request (B2)."""

from __future__ import annotations

import re
from pathlib import PurePath

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from wagtail.documents.models import Document
from wagtail.models import CollectionViewRestriction
from wagtail.permissions import policy_registry

from cms.models.photos import Photo, PhotoRendition
from peer.methods import require_safe

SECONDS = 5  # that anybody may keep it without asking: so soon is a photo gone that was withdrawn
KINDS = {".jpg": "image/jpeg", ".png": "image/png", ".webp": "image/webp", ".avif": "image/avif", ".gif": "image/gif"}
NAME = re.compile(r"[0-9a-f]{32}\.[a-z]{3,4}")
ALONE = "default-src 'none'; sandbox"


@login_not_required
@require_safe
def rendition(request: HttpRequest, name: str) -> HttpResponse:
    """Give one size of a photo; what somebody may not see does not exist."""
    sizes = PhotoRendition.objects.select_related("image__collection")
    found = sizes.filter(file=f"photos/sizes/{name}").first() if NAME.fullmatch(name) else None
    if found is None:
        raise Http404
    restrictions = list(found.image.collection.get_view_restrictions())
    if not may_see(request, found.image, restrictions):
        raise Http404
    tag = f'"{name}"'
    if request.headers.get("If-None-Match") == tag:
        response: HttpResponse = HttpResponseNotModified()
    else:
        try:
            with found.file.open("rb") as file:
                response = HttpResponse(file.read(), content_type=KINDS[PurePath(name).suffix])
        except FileNotFoundError:
            raise Http404 from None
    response["ETag"] = tag
    response["Cache-Control"] = "private, no-store" if restrictions else f"public, max-age={SECONDS}"
    response["Content-Security-Policy"] = ALONE
    return response


def may_see(request: HttpRequest, file: Photo | Document, restrictions: list[CollectionViewRestriction]) -> bool:
    """Tell whether whoever asks is let into the file's collection, or may change the file."""
    if all(one.accept_request(request) for one in restrictions):
        return True
    rights = policy_registry.get_by_type(type(file))
    return bool(request.user.is_authenticated and rights.user_has_permission_for_instance(request.user, "change", file))
