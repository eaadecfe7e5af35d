"""A plain Wagtail site with the same rows: one kind of page, menu, breadcrumbs and body, and nothing else of ours."""
