"""What the service says in public: a young person's yes, bound to the exact words and pictures, or it stays here (S11, S12)."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from django.db import IntegrityError, transaction
from PIL import Image

from cms import sweeps
from cms.actions import social
from cms.models import Photo, ShareImage, SocialPost
from cms.photos import CleanFile
from notifications.models import Notification
from peer import clock
from peer.gate import SERVICE, NotAllowed, System
from peer.models import AuditEvent, Person, User
from peer.roles import Perm, Role
from peer.states import IllegalMove, RuleBroken
from tests.cms.social import ALT, WORDS, fresh, make_mo, make_sam, released, sent, written
from tests.make import make_group, make_member, make_person, make_phone, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site_tree")]


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def sam() -> User:
    return make_sam()


@pytest.fixture
def mo() -> User:
    return make_mo()


# ── Whose yes it takes ──────────────────────────────────────────────────────────────────────────────────────────────
def test_a_manager_s_post_waits_with_an_owner_and_a_due_time(sam: User) -> None:
    post = fresh(sent(sam))
    assert post.state == "waiting"
    assert post.owner_role == Role.PEER_MODERATOR
    assert post.due_at > clock.now()
    assert not SocialPost.objects.published().exists()


@pytest.mark.parametrize(
    "role", [Role.SERVICE_MANAGER, Role.EDITOR, Role.YOUNG_EDITOR, Role.CLINICIAN, Role.SAFEGUARDING_LEAD]
)
def test_nobody_of_staff_releases_it(sam: User, role: Role) -> None:
    post = sent(sam)
    other = make_user(person=make_person(kind="staff"), roles=(role,))
    with pytest.raises(NotAllowed):
        social.release(post, by=other, seen=post.fingerprint())
    assert fresh(post).state == "waiting"


def test_no_machine_releases_it(sam: User) -> None:
    post = sent(sam)
    with pytest.raises(NotAllowed):
        social.release(post, by=social.CLOCK, seen=post.fingerprint())  # type: ignore[arg-type]
    named = System("anything", may=frozenset({Perm.RELEASE_SOCIAL}))
    with pytest.raises((RuleBroken, AttributeError, TypeError, ValueError)), transaction.atomic():
        social.release(post, by=named, seen=post.fingerprint())  # type: ignore[arg-type]
    assert fresh(post).state == "waiting"


def test_a_parent_who_checks_posts_of_parents_is_no_young_person(sam: User) -> None:
    post = sent(sam)
    parent = make_user(person=make_person(kind="parent_carer", born_on=dt.date(1980, 1, 1)))
    make_member(group=make_group(audience="parents"), user=parent, role=Role.PEER_MODERATOR)
    with pytest.raises(RuleBroken, match="Only a young person"):
        social.claim(post, by=parent)
    assert not SocialPost.objects.visible_to(parent).exists()


def test_a_moderator_s_yes_releases_it_and_names_them(sam: User, mo: User) -> None:
    post = fresh(released(sam, mo))
    assert (post.state, post.released_by, post.due_at) == ("released", mo, None)
    assert [(step.kind, step.by.display_name) for step in post.steps.all()][-1] == ("released", "Mo")
    audit = AuditEvent.objects.filter(action="cms.actions.social.release").get()
    assert (audit.by_id, audit.as_role) == (mo.pk, Role.PEER_MODERATOR)
    assert list(SocialPost.objects.published()) == [post]


def test_whoever_wrote_it_or_changed_it_never_says_yes_themselves(sam: User, mo: User) -> None:
    mo.service_roles.create(role=Role.YOUNG_EDITOR)
    own, changed = sent(mo), sent(sam)
    social.change(changed, by=mo, said=social.Said(words="Waiting is hard, we know.", networks=["x"]))
    for post in (own, changed):
        with pytest.raises(RuleBroken, match="You wrote this"):
            social.claim(post, by=mo)
    assert not SocialPost.objects.waiting().not_by(mo).exists()


def test_the_database_refuses_a_release_by_its_own_writer(sam: User, mo: User) -> None:
    post = released(sam, mo)
    for wrong in ({"released_by": sam}, {"released_by": None}, {"released_hash": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            SocialPost.objects.filter(pk=post.pk).update(**wrong)


def test_one_who_is_no_moderator_any_more_cannot(sam: User, mo: User) -> None:
    post = social.claim(sent(sam), by=mo)
    mo.memberships.get().roles.update(until_at=clock.now())
    with pytest.raises(NotAllowed):
        social.release(post, by=mo, seen=post.fingerprint())


# ── Bound to what was read ──────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("what", ["words", "picture", "alt", "out"])
def test_an_edit_after_reading_makes_the_yes_void(sam: User, mo: User, what: str) -> None:
    post = social.claim(sent(sam), by=mo)
    seen = post.fingerprint()
    edit(post, sam, what)
    post = social.claim(fresh(post), by=mo)
    with pytest.raises(RuleBroken, match="has changed"):
        social.release(post, by=mo, seen=seen)


@pytest.mark.parametrize("what", ["words", "picture", "alt", "out"])
def test_an_edit_after_release_goes_back_to_waiting_and_out_of_the_feed(sam: User, mo: User, what: str) -> None:
    post = released(sam, mo)
    edit(post, sam, what)
    again = fresh(post)
    assert (again.state, again.released_by, again.released_hash, again.shown_from) == ("waiting", None, "", None)
    assert again.due_at is not None
    assert not SocialPost.objects.published().exists()


def edit(post: SocialPost, by: User, what: str) -> None:
    image = post.images.get()
    if what == "words":
        social.change(post, by=by, said=social.Said(words="Other words.", networks=["x"]))
    elif what == "picture":
        social.add_card(post, by=by, words="Something else.", alt="A card that says something else.")
    elif what == "alt":
        social.say_again(image, by=by, alt="Another way to say it.")
    else:
        social.take_out(image, by=by)


def test_a_row_changed_behind_our_back_is_not_as_released(sam: User, mo: User) -> None:
    post = released(sam, mo)
    SocialPost.objects.filter(pk=post.pk).update(words="Smuggled in.")
    assert not fresh(post).is_as_released()


# ── None leaves without alt text, a picture, a place, a right length ────────────────────────────────────────────────
def test_no_picture_without_words_for_it_is_kept_or_leaves(sam: User) -> None:
    post = written(sam)
    for alt in ("", "   ", "photo"):
        with pytest.raises(RuleBroken, match="what the picture shows"):
            social.add_card(post, by=sam, words="Hello there.", alt=alt)
    with pytest.raises(IntegrityError), transaction.atomic():
        ShareImage.objects.update(alt="")
    ShareImage.objects.update(alt=" ")
    with pytest.raises(RuleBroken, match="Say what each picture shows"):
        social.send(post, by=sam)


def test_it_needs_a_picture_and_the_right_length(sam: User) -> None:
    bare = social.write(SERVICE, by=sam, said=social.Said(words=WORDS, networks=["x"]))
    with pytest.raises(RuleBroken, match="Add a picture"):
        social.send(bare, by=sam)
    long = written(sam, words="word " * 80)
    with pytest.raises(RuleBroken, match="For X it is 400 long, and 280"):
        social.send(long, by=sam)
    social.change(long, by=sam, said=social.Said(words="word " * 80, short_words="Short.", networks=["x", "instagram"]))
    assert social.send(long, by=sam).state == "waiting"
    assert {copy.network.key: copy.text[:6] for copy in fresh(long).copies()}["x"] == "Short."


def test_too_much_for_a_card_and_strange_signs_are_refused_with_a_sentence(sam: User) -> None:
    post = written(sam)
    for words, why in (("word " * 60, "too much"), ("Hello 🙂 你好", "cannot show"), ("x" * 150, "too long")):
        with pytest.raises(RuleBroken, match=why):
            social.add_card(post, by=sam, words=words, alt=ALT)
    assert post.images.count() == 1


# ── Reading, changing, saying no ────────────────────────────────────────────────────────────────────────────────────
def test_a_claim_keeps_others_off_for_half_an_hour(sam: User, mo: User) -> None:
    zara = make_member(group=make_group(title="Other"), role=Role.PEER_MODERATOR).user
    post = social.claim(sent(sam), by=mo)
    with pytest.raises(RuleBroken, match="Mo is reading"):
        social.claim(post, by=zara)
    with pytest.raises(RuleBroken, match="Take this one first"):
        social.release(post, by=zara, seen=post.fingerprint())
    with clock.at(clock.now() + dt.timedelta(minutes=31)):
        assert social.claim(post, by=zara).owner == zara


def test_everybody_who_had_a_hand_in_it_hears_the_end_by_their_own_channel(sam: User, mo: User) -> None:
    eve = make_user(name="Eve", person=make_person(kind="staff", given_name="Eve"), roles=(Role.EDITOR,))
    zara = make_member(group=make_group(title="Other"), role=Role.PEER_MODERATOR).user
    for user in (sam, eve, mo, zara):
        make_phone(person=user.person)
    post = social.claim(sent(sam), by=zara)
    post = social.ask_for_change(post, by=zara, seen=post.fingerprint(), words="Could it say who to ring?")
    assert post.owner == sam
    social.change(post, by=eve, said=social.Said(words="Ring us: 020 7946 0000.", networks=["instagram"]))
    post = social.claim(social.send(post, by=eve), by=mo)
    Notification.objects.all().delete()
    social.release(post, by=mo, seen=post.fingerprint())
    told = Notification.objects.filter(purpose="text_news")
    assert {one.recipient_id for one in told} == {sam.person_id, eve.person_id, zara.person_id}
    assert all(one.deliveries.exists() for one in told)


def test_a_no_is_final_and_says_why(sam: User, mo: User) -> None:
    post = social.claim(sent(sam), by=mo)
    with pytest.raises(RuleBroken, match="Write a few words"):
        social.decline(post, by=mo, seen=post.fingerprint(), words=" ")
    post = social.decline(post, by=mo, seen=post.fingerprint(), words="It gives somebody away.")
    assert post.steps.last().words == "It gives somebody away."
    with pytest.raises(RuleBroken, match="over"):
        social.change(post, by=sam, said=social.Said(words="Again.", networks=["x"]))
    with pytest.raises(IllegalMove):
        social.send(post, by=sam)


@pytest.mark.parametrize("who", ["editor", "moderator"])
def test_one_person_takes_it_back_at_once(sam: User, mo: User, who: str) -> None:
    post = released(sam, mo)
    by = make_user(roles=(Role.EDITOR,)) if who == "editor" else mo
    social.withdraw(post, by=by, reason="A number in it was wrong.")
    assert not SocialPost.objects.published().exists()
    assert fresh(post).steps.last().kind == "withdrew"


def test_a_day_to_come_keeps_it_back_until_then(sam: User, mo: User) -> None:
    day = clock.today() + dt.timedelta(days=3)
    post = released(sam, mo, go_out_on=day)
    assert not SocialPost.objects.published().exists()
    assert SocialPost.objects.released().exists()
    with clock.at(post.shown_from):
        assert SocialPost.objects.published().exists()


# ── Nothing rests ───────────────────────────────────────────────────────────────────────────────────────────────────
def test_what_nobody_reads_in_time_climbs_once_and_a_manager_still_cannot_say_yes(sam: User, mo: User) -> None:
    post = sent(sam)
    with clock.at(post.due_at + dt.timedelta(minutes=1)):
        assert sweeps.look_after_social_posts() == 1
        assert sweeps.look_after_social_posts() == 0
        late = fresh(post)
        assert (late.state, late.owner_role) == ("waiting", Role.SERVICE_MANAGER)
        assert late in SocialPost.objects.visible_to(sam).to_mend()
        assert late in SocialPost.objects.visible_to(mo).waiting()
        with pytest.raises(NotAllowed):
            social.release(late, by=sam, seen=late.fingerprint())


# ── Photos ──────────────────────────────────────────────────────────────────────────────────────────────────────────
def make_photo() -> Photo:
    out = io.BytesIO()
    Image.new("RGB", (1600, 1200), (40, 120, 90)).save(out, "JPEG")
    return Photo.objects.create(
        title="Wall", description="A wall.", file=CleanFile("photo.jpg", out.getvalue(), "image/jpeg")
    )


def test_a_photo_is_cut_to_both_sizes_and_goes_with_it(
    sam: User, mo: User, tmp_path, django_capture_on_commit_callbacks
) -> None:
    post = social.write(SERVICE, by=sam, said=social.Said(words=WORDS, networks=["x"]))
    photo = make_photo()
    image = social.add_photo(post, by=sam, photo=photo, alt="A green wall in the sun.")
    sizes = [Image.open(io.BytesIO(file.read())).size for file in (image.wide, image.square)]
    assert sizes == [(1200, 630), (1080, 1080)]
    post = social.claim(social.send(post, by=sam), by=mo)
    social.release(post, by=mo, seen=post.fingerprint())
    assert SocialPost.objects.published().exists()
    with django_capture_on_commit_callbacks(execute=True):
        photo.delete()
    assert list(tmp_path.glob("social/*")) == [], "its copies go with it"
    assert not SocialPost.objects.published().exists(), "a photo taken away takes its post with it"
    assert not SocialPost.objects.released().exists()


def test_a_photo_put_into_a_private_collection_is_out_of_sight(sam: User, mo: User) -> None:
    from wagtail.models import Collection, CollectionViewRestriction

    post = social.write(SERVICE, by=sam, said=social.Said(words=WORDS, networks=["x"]))
    photo = make_photo()
    social.add_photo(post, by=sam, photo=photo, alt="A green wall in the sun.")
    post = social.claim(social.send(post, by=sam), by=mo)
    social.release(post, by=mo, seen=post.fingerprint())
    closed = Collection.get_first_root_node().add_child(name="Closed")
    CollectionViewRestriction.objects.create(collection=closed, restriction_type="login")
    Photo.objects.filter(pk=photo.pk).update(collection=closed)
    assert not SocialPost.objects.published().exists()


def test_worrying_words_of_a_moderator_wake_somebody(sam: User, mo: User) -> None:
    post = social.claim(sent(sam), by=mo)
    social.ask_for_change(post, by=mo, seen=post.fingerprint(), words="This makes me want to kill myself")
    assert AuditEvent.objects.exists()
    from moderation.models import Escalation

    assert Escalation.objects.exists()


def test_a_person_of_young_people_may_moderate_whatever_their_age(sam: User) -> None:
    zara = make_user(person=make_person(born_on=dt.date(2007, 1, 1), kind=Person.Kind.YOUNG_PERSON))
    make_member(group=make_group(), user=zara, role=Role.PEER_MODERATOR)
    assert social.claim(sent(sam), by=zara).owner == zara
