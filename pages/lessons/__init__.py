"""The lessons, each in a folder named as in its address; none of them imports another, or the lab."""
