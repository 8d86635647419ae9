"""What only the clipping lab has."""
