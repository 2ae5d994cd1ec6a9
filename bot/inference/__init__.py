"""The models as a service, for replicas that hold none: embeddings and judgements over HTTP."""
