"""Attempts to escape, by what stands in their way."""
