"""Watches over the world: queue, decisions, shifts, escalations. Imports peer."""
