"""Models: one adapter, many providers, and one embedded model."""
