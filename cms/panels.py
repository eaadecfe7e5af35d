"""What editors see beside the text: how easy it is to read, and words this house does not use (S7, S37)."""

from __future__ import annotations

from typing import Any

from wagtail.admin.panels import Panel

from peer import readability


class ReadingPanel(Panel):
    """Shows the reading age of the page as it was last saved."""

    class BoundPanel(Panel.BoundPanel):
        """The panel on one page."""

        template_name = "cms/admin/reading.html"

        def get_context_data(self, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
            """Measure the words that stand in the form's page."""
            context: dict[str, Any] = super().get_context_data(parent_context)
            return context | {"reading": self.instance.reading(), "aim": readability.AIM}
