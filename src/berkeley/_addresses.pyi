# Used by the other compiled modules alone: its functions are C functions, declared in the .pxd file.
