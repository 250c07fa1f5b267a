# The few calls of CPython's own C API that Cython does not declare (or declares without the checks used here).

from cpython.object cimport PyObject
from libc.stdint cimport int64_t

cdef extern from "Python.h":
    """
    /* Only Py_TPFLAGS_IMMUTABLETYPE keeps programs from assigning to a heap type (CPython 3.10 on). */
    #define BERKELEY_MAKE_IMMUTABLE(type) (((PyTypeObject *)(type))->tp_flags |= Py_TPFLAGS_IMMUTABLETYPE)
    """
    int PySys_Audit(const char *event, const char *format, ...) except -1
    int PyErr_ResourceWarning(object source, Py_ssize_t stack_level, const char *format, ...) except -1
    int PyErr_CheckSignals() except -1
    object PyErr_SetFromErrnoWithFilenameObject(object type, PyObject *filename)
    object PyErr_SetFromErrno(object type)
    long PyLong_AsLong(object value) except? -1
    unsigned long long PyLong_AsUnsignedLongLong(object value) except? 18446744073709551615ULL
    void Py_SET_SIZE(object value, Py_ssize_t size)
    object PyUnicode_DecodeFSDefault(const char *text)
    object PyUnicode_DecodeFSDefaultAndSize(const char *text, Py_ssize_t size)
    bytes PyUnicode_EncodeFSDefault(object text)
    size_t strnlen(const char *text, size_t limit)
    void make_immutable "BERKELEY_MAKE_IMMUTABLE" (object type)
