"""What the page on five kinds of RNN is made of."""
