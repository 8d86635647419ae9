"""What the page on long memory is made of."""
