"""What the page on backpropagation through time is made of."""
