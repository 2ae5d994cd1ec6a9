"""What a question asks for, and whether words are of that kind: a figure, a price, a time, a reason, one of two."""
