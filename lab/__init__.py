"""The kernel lab: boots Debian's stock kernel under QEMU and runs the tests of the families in it."""
