"""Whether what is told is what was asked, and which sentence of the evidence tells it."""
