"""Where files rest: static ones named by their content in production, all others where no web server shows them."""

from __future__ import annotations

from django.core.files.storage import FileSystemStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStatic(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise has no types
    """Follows the addresses of sheets, not the source maps that packages name and do not ship (trap 22)."""

    patterns = (
        (
            "*.css",
            (
                r"""(?P<matched>url\((?P<quote>['"]{0,1})\s*(?P<url>.*?)(?P=quote)\))""",
                (r"""(?P<matched>@import\s*["']\s*(?P<url>.*?)["'])""", """@import url("%(url)s")"""),
            ),
        ),
    )


class PrivateFiles(FileSystemStorage):
    """Files that have no address: whoever may see one gets it from a view that asks (decision 30)."""

    def url(self, name: str | None) -> str:
        """Refuse: an address that asks nobody is a hole."""
        raise ValueError(f"{name} has no address; show it by a view that asks who may see it.")
