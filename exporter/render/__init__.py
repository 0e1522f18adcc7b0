"""Parts of a reading in, bytes of the text exposition format out."""
