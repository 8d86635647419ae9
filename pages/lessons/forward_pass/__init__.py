"""What the page on the forward pass is made of."""
