"""What a question needs of the conversation before it: what it points to, and what it leaves out."""
