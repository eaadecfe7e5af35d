"""The rows of the public face, one module per noun."""

from cms.models.feedback import YouSaidPage
from cms.models.groups import GroupPublicPage
from cms.models.pages import HelpNowPage, HomePage, PathwayPage, SectionPage, StandardPage
from cms.models.site import ServiceDetails

__all__ = [
    "GroupPublicPage",
    "HelpNowPage",
    "HomePage",
    "PathwayPage",
    "SectionPage",
    "ServiceDetails",
    "StandardPage",
    "YouSaidPage",
]
