from libc.stdint cimport uint8_t

from berkeley.sockaddr._layout cimport Sockaddr

cdef object wrong_format(str caller)
cdef object unknown_protocol(str caller)
cdef tuple as_items(object address, Py_ssize_t least, Py_ssize_t most, str caller)
cdef int as_field(object value, int bits, str what, str caller) except -1
cdef int put_bdaddr(object text, uint8_t *at, str caller) except -1
cdef int put_bare_bdaddr(object value, uint8_t *at, str caller) except -1
cdef int put_le16(int number, uint8_t *at) noexcept
cdef int get_le16(const uint8_t *at) noexcept
cdef str bdaddr_text(const uint8_t *at)
cdef int write_l2cap(object address, Sockaddr *place, str caller) except -1
cdef object read_l2cap(Sockaddr *place)
