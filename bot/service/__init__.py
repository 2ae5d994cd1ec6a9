"""Questions and jobs of programs, whatever surface they come by."""
