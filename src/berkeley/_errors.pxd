cdef int raise_errno(int code, object address) except -1
cdef object refusal(str text, object name)
cdef int raise_timeout(object address) except -1
cdef int raise_gaierror(int code, object name) except -1
cdef int raise_herror(int code, object name) except -1
