"""Search: by meaning and by words, fused; by what the question names; reranked."""
