"""What the page "Why recurrence?" is made of."""
