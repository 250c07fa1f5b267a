cdef bytes packed(int family, bytes text)
cdef str text(int family, bytes packed)
