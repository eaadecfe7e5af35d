"""Who edits pages: dated roles of ours become groups of Wagtail, in this one place."""

from __future__ import annotations

from django.contrib.auth.models import Group, Permission
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page

from peer.models import User
from peer.roles import Role

EDITORS, YOUNG_EDITORS = "Page editors", "Young editors"
GROUP_OF = {Role.EDITOR: EDITORS, Role.SERVICE_MANAGER: EDITORS, Role.YOUNG_EDITOR: YOUNG_EDITORS}

PAGE_RIGHTS = {EDITORS: ("add_page", "change_page", "publish_page"), YOUNG_EDITORS: ("add_page", "change_page")}
FILE_RIGHTS = {
    EDITORS: ("add_document", "change_document", "choose_document", "add_image", "change_image", "choose_image"),
    YOUNG_EDITORS: ("choose_document", "choose_image"),
}
DIRECTORY = ("directoryservice", "directoryorganisation", "directoryterm")
OTHER_RIGHTS = {
    EDITORS: (
        "access_admin",
        "submit_translation",
        "publish_directoryservice",
        *(f"{act}_{thing}" for act in ("add", "change") for thing in DIRECTORY),
    ),
    YOUNG_EDITORS: ("access_admin", *(f"{act}_directoryservice" for act in ("add", "change"))),
}


def sync(user: User) -> bool:
    """Make a person's Wagtail groups equal to what their dated roles bring now; tell whether they may come in."""
    roles = user.service_roles.current().filter(role__in=GROUP_OF).values_list("role", flat=True)
    wanted = {GROUP_OF[Role(role)] for role in roles}
    held = set(user.groups.filter(name__in=PAGE_RIGHTS).values_list("name", flat=True))
    if held - wanted:
        user.groups.remove(*Group.objects.filter(name__in=held - wanted))
    if wanted - held:
        user.groups.add(*(group(name) for name in wanted - held))
    return bool(wanted) or user.is_superuser


def group(name: str) -> Group:
    """Give the Wagtail group of this name, with its rights on the whole tree; make it the first time."""
    made, is_new = Group.objects.get_or_create(name=name)
    if is_new:
        _give_rights(made)
    return made


def _give_rights(made: Group) -> None:
    root, files = Page.get_first_root_node(), Collection.get_first_root_node()
    made.permissions.set(Permission.objects.filter(codename__in=OTHER_RIGHTS[made.name]))
    for perm in Permission.objects.filter(content_type__app_label="wagtailcore", codename__in=PAGE_RIGHTS[made.name]):
        GroupPagePermission.objects.get_or_create(group=made, page=root, permission=perm)
    stores = ("wagtaildocs", "wagtailimages")
    for perm in Permission.objects.filter(content_type__app_label__in=stores, codename__in=FILE_RIGHTS[made.name]):
        GroupCollectionPermission.objects.get_or_create(group=made, collection=files, permission=perm)
