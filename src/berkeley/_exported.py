"""Every constant of this system as a module attribute, for one star import."""

from berkeley._enums import CONSTANTS

__all__ = list(CONSTANTS)

globals().update(CONSTANTS)
