"""Tells people: contacts, outbox, providers, calls. Imports moderation and peer."""
