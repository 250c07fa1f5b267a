"""TLS through the interpreter's own ssl module, over sockets of berkeley."""
