"""What a post talks about, as somebody who checks posts says it: for its readers and for other moderators (B5, B9)."""

from __future__ import annotations

from peer import content_notes
from peer.models import ContentNote, Post


def write_on(post: Post, note: str) -> str:
    """Put a note on a post, so that whoever stays away from that is offered it no more; give the words for its writer.

    A reader takes no note away: without one, or with the one that is there, nothing changes.
    """
    if not content_notes.checked(note) or note == post.content_note:
        return ""
    post.content_note = note
    post.save(update_fields=["content_note"])
    ContentNote.objects.get_or_create(post=post, topic=note)
    return content_notes.told_to_writer(note)
