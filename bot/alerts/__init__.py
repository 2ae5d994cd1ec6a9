"""Standing questions, and questions that stayed without an answer."""
