"""Looking for words in one's own groups: only what is shown, only where one may read at this moment (safety P7)."""

from __future__ import annotations

import re
from html import escape

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db import connection

from peer.models import Post, SupportGroup, User
from peer.models.talk import PostQuerySet

PAGE = 20
SHORTEST, LONGEST = 3, 80


def find(user: User, words: str, *, before: int | None = None) -> list[Post]:
    """Give one page of posts with these words and one more, the newest first, in two questions (keyset, no counts)."""
    groups = list(SupportGroup.objects.readable_by(user).values_list("pk", flat=True))
    rows = _with_words(Post.objects.approved().filter(thread__group__in=groups), words)
    rows = rows.filter(pk__lt=before) if before is not None else rows
    return list(rows.select_related("author", "thread__group").order_by("-id")[: PAGE + 1])


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
