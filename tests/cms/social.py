"""What the tests of social posts share: who writes, who reads, and a post on each step of its way."""

from __future__ import annotations

from cms.actions import social
from cms.models import SocialPost
from peer.gate import SERVICE
from peer.models import User
from peer.roles import Role
from tests.make import make_group, make_member, make_person, make_user

WORDS = "Waiting is hard. You are on our list until we have met you."
ALT = "A card that says: you are on the list."


def make_sam() -> User:
    return make_user(name="Sam", person=make_person(kind="staff", given_name="Sam"), roles=(Role.SERVICE_MANAGER,))


def make_mo() -> User:
    user = make_member(group=make_group(), role=Role.PEER_MODERATOR).user
    assert user is not None
    user.display_name = "Mo"
    user.save()
    return user


def written(by: User, **more: object) -> SocialPost:
    said = social.Said(**{"words": WORDS, "networks": ["x", "instagram"]} | more)
    post = social.write(SERVICE, by=by, said=said)
    social.add_card(post, by=by, words="You are on the list.", alt=ALT)
    return post


def sent(by: User, **more: object) -> SocialPost:
    return social.send(written(by, **more), by=by)


def released(by: User, mo: User, **more: object) -> SocialPost:
    post = social.claim(sent(by, **more), by=mo)
    return social.release(post, by=mo, seen=post.fingerprint())


def fresh(post: SocialPost) -> SocialPost:
    return SocialPost.objects.get(pk=post.pk)
