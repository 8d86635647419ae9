"""Networks beyond the recurrent loop: attention, feed-forward, a bag of words; and decoding, step by step."""
