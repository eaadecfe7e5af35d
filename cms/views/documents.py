"""The one way to a document's file: who may see its collection is asked at each request (B2)."""

from __future__ import annotations

import re
from pathlib import PurePath

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header
from wagtail.documents.models import Document

from cms.documents import KINDS, SOUND
from cms.views.photos import SECONDS, may_see
from peer.methods import require_safe

PART = re.compile(r"bytes=(\d{1,12})?-(\d{1,12})?")


@login_not_required
@require_safe
def serve(request: HttpRequest, document_id: int, document_filename: str) -> HttpResponse:
    """Give a document; what somebody may not see does not exist."""
    document = get_object_or_404(Document.objects.select_related("collection"), pk=document_id)
    restrictions = list(document.collection.get_view_restrictions())
    kind = KINDS.get(PurePath(document.filename).suffix.lower())
    if document.filename != document_filename or kind is None or not may_see(request, document, restrictions):
        raise Http404
    tag = f'"{document.file_hash}"' if document.file_hash else ""
    if tag and request.headers.get("If-None-Match") == tag:
        response: HttpResponse = HttpResponseNotModified()
    else:
        try:
            with document.file.open("rb") as file:
                response = HttpResponse(file.read(), content_type=kind)
        except FileNotFoundError:
            raise Http404 from None
        said = content_disposition_header(as_attachment=False, filename=document.filename)
        response["Content-Disposition"] = said or "inline"
    if tag:
        response["ETag"] = tag
    response["Cache-Control"] = "private, no-store" if restrictions else f"public, max-age={SECONDS}"
    response["Content-Security-Policy"] = "default-src 'none'"
    return _sound(request, response) if kind == SOUND else response


def _sound(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Let a browser play it by itself, and give the one part that is asked for: some players take no other answer.

    As RFC 9110, 14.2 has it.
    """
    response["Content-Security-Policy"] = "default-src 'none'; media-src 'self'"
    response["Accept-Ranges"] = "bytes"
    asked = PART.fullmatch(request.headers.get("Range", "")) if response.status_code == 200 else None
    if asked is None or request.headers.get("If-Range", response.get("ETag")) != response.get("ETag"):
        return response
    size = len(response.content)
    first, last = asked.groups()
    begin = int(first) if first else max(0, size - int(last or 0))
    end = min(int(last), size - 1) if first and last else size - 1
    if begin > end:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    response["Content-Range"] = f"bytes {begin}-{end}/{size}"
    response.content = response.content[begin : end + 1]
    response.status_code = 206
    return response
