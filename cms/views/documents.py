"""The one way to a document's file: who may see its collection is asked at each request (B2)."""

from __future__ import annotations

from pathlib import PurePath

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header
from wagtail.documents.models import Document

from cms.documents import KINDS
from cms.views.photos import SECONDS, may_see
from peer.methods import require_safe


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
    return response
