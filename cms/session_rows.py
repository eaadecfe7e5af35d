"""Where sessions are kept: Django's own rows, read by a question that is written once (record 0016)."""

from __future__ import annotations

import datetime as dt

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models import QuerySet

from peer.written import written


class SessionStore(db.SessionStore):
    """Django's store, which every page of whoever is signed in begins with."""

    def _get_session_from_db(self) -> Session | None:
        """Find the row, unless it has run out."""
        real = dt.datetime.now(dt.UTC)  # noqa: TID251 - Django writes down by the real clock when it runs out
        found = next(iter(_open(key=self.session_key or "", at=real)), None)
        if found is None:
            self._session_key = None
        return found


@written
def _open(*, key: str, at: dt.datetime) -> QuerySet[Session]:
    return Session.objects.filter(session_key=key, expire_date__gt=at)
