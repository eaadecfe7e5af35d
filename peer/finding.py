"""Looking for words in one's own groups: only what is shown, only where one may read at this moment (safety P7)."""

from __future__ import annotations

import re
from html import escape

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db import connection
from django.db.models import QuerySet

from peer.models import Post, SupportGroup, User
from peer.models.talk import PostQuerySet
from peer.written import written

PAGE = 20
LATELY = 10_000  # posts of the whole service are looked through first: common words are in enough of these
SHORTEST, LONGEST = 3, 80


def find(user: User, words: str, *, before: int | None = None) -> list[Post]:
    """Give one page of posts with these words and one more, the newest first (keyset, no counts).

    The older posts, and so every post that has a common word, are looked at only where the latest do not fill a page.
    """
    groups = [group.pk for group in _readable(user=user.pk)]
    newest = before or (Post.objects.order_by("-pk").values_list("pk", flat=True).first() or 0) + 1
    rows = _with_words(Post.objects.approved().filter(thread__group__in=groups, pk__lt=newest), words)
    rows = rows.select_related("author", "thread__group").order_by("-id")
    found = list(rows.filter(pk__gt=newest - LATELY)[: PAGE + 1])
    return found if len(found) > PAGE or newest <= LATELY else list(rows[: PAGE + 1])


@written
def _readable(*, user: int) -> QuerySet[SupportGroup]:
    return SupportGroup.objects.readable_by(User(pk=user)).only("pk")


def _with_words(posts: PostQuerySet, words: str) -> PostQuerySet:
    """Match what is shown, never what was typed since: by full text where the database has it (0005_search)."""
    if connection.vendor == "postgresql":
        vector = SearchVector("html", config="english")
        return posts.annotate(vector=vector).filter(
            vector=SearchQuery(words, config="english", search_type="websearch")
        )
    for word in words.split():
        posts = posts.filter(html__iregex=rf"(^|>)[^<]*{re.escape(escape(word))}")  # in the words, not in a tag
    return posts
