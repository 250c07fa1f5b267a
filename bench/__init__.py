"""Benchmarks of berkeley beside the interpreter's own socket module."""
