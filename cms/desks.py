"""The desks of the public face, among the desks of the house: what waits for an answer, each with its due time."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from cms.models import DirectoryCorrection, Mend, PageCheck, SocialPost
from peer.desks import DESKS, Desk
from peer.roles import Perm

DESKS += [
    Desk(
        "directory-desk",
        _("Mistakes in the directory"),
        Perm.KEEP_DIRECTORY,
        lambda user: DirectoryCorrection.objects.visible_to(user).waiting(),
    ),
    Desk(
        "social-index",
        _("To be said out loud: you decide"),
        Perm.RELEASE_SOCIAL,
        lambda user: SocialPost.objects.visible_to(user).waiting().not_by(user),
    ),
    Desk(
        "social-index",
        _("Social posts to work on"),
        Perm.WRITE_SOCIAL,
        lambda user: SocialPost.objects.visible_to(user).to_mend(),
    ),
    Desk(
        "approvals-index",
        _("Texts to look at"),
        Perm.APPROVE_TEXT,
        lambda user: PageCheck.objects.visible_to(user).to_check(user),
    ),
    Desk(
        "approvals-index",
        _("Changed at once: is it right?"),
        Perm.APPROVE_TEXT,
        lambda user: Mend.objects.visible_to(user).to_look_at(user),
    ),
    Desk(
        "approvals-index",
        _("Texts to change"),
        Perm.EDIT_PAGES,
        lambda user: PageCheck.objects.visible_to(user).to_change(user),
    ),
    Desk(
        "approvals-index",
        _("Changed at once: not right"),
        Perm.MEND_TEXT,
        lambda user: Mend.objects.visible_to(user).to_settle(user),
    ),
    Desk(
        "approvals-index",
        _("Texts nobody has looked at"),
        Perm.HAND_TEXT_ON,
        lambda user: PageCheck.objects.visible_to(user).late(),
    ),
    Desk(
        "approvals-index",
        _("Changes nobody has looked at"),
        Perm.HAND_TEXT_ON,
        lambda user: Mend.objects.visible_to(user).late(),
    ),
]
