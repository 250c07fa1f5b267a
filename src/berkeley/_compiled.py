"""What a module of the core says when it is imported without having been built."""

NOT_BUILT = "berkeley's compiled core is not built here: run 'make build' in its source tree, or install it with pip"
