"""One renderer per file format; each takes a `document.Report` and gives the bytes of a file."""
