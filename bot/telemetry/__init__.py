"""A server as its operators see it: metrics, traces, and a line of the log for each request."""
