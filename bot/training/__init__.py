"""Fits what is fitted: the judge, the classifiers, the calibrations. Only `byline fit` loads it (the extra `train`)."""
