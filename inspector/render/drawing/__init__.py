"""Pictures: what is drawn as data, where it stands, and the media that it is written to."""
