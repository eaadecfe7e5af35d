"""The rows of the public face, one module per noun."""

from cms.models.approvals import FactCheck, PageCheck, YoungModeratorCheck
from cms.models.changes import PublicChange
from cms.models.directory import (
    DirectoryCorrection,
    DirectoryOrganisation,
    DirectoryService,
    DirectoryTerm,
    OpeningHours,
)
from cms.models.feedback import YouSaidPage
from cms.models.groups import GroupPublicPage
from cms.models.library import LibraryItemPage
from cms.models.mends import Mend
from cms.models.news import NewsPage
from cms.models.pages import HelpNowPage, HomePage, PathwayPage, SectionPage, StandardPage
from cms.models.photos import Photo, PhotoRendition
from cms.models.site import ServiceDetails
from cms.models.social import ShareImage, SocialPost, SocialStep
from cms.models.stories import StoryPage

__all__ = [
    "DirectoryCorrection",
    "DirectoryOrganisation",
    "DirectoryService",
    "DirectoryTerm",
    "FactCheck",
    "GroupPublicPage",
    "HelpNowPage",
    "HomePage",
    "LibraryItemPage",
    "Mend",
    "NewsPage",
    "OpeningHours",
    "PageCheck",
    "PathwayPage",
    "Photo",
    "PhotoRendition",
    "PublicChange",
    "SectionPage",
    "ServiceDetails",
    "ShareImage",
    "SocialPost",
    "SocialStep",
    "StandardPage",
    "StoryPage",
    "YouSaidPage",
    "YoungModeratorCheck",
]
