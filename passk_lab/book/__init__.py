"""The course as a static book: every notebook run, alive without a kernel; with reference, glossary and search."""

from passk_lab.book.book import write

__all__ = ["write"]
