"""Pages and webhooks, one module per noun."""
