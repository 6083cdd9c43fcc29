"""Bytes to a `Graph`: a file for each container and dialect; none knows a layer's rule."""
