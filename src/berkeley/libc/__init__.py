"""The waist: declarations of the C library's calls, in .pxd files only; nothing here runs."""
