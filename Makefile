# The commands of the project. Each sets up what it needs under build/, from a bare checkout on.

PYTHON ?= python3
ENVIRONMENT = $(PYTHON) -m tools.environment
TESTS ?= tests

help:  ## list the commands
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 14

demo:  ## run the echo programs of both documents over TCP, UNIX and UDP, and time them
	@python=$$($(ENVIRONMENT) test,bench) && "$$python" -m tools.demo

test:  ## all tests on all interpreters at hand, CPython's own test_socket included
	@$(PYTHON) -m tools.testing

quick:  ## the tests alone, on this interpreter: make quick TESTS=tests/test_waiting.py
	@python=$$($(ENVIRONMENT) test,bench,programs) && "$$python" -m pytest -q $(TESTS)

stdlib:  ## CPython's tests of what is built on sockets: make stdlib PYTHONS="3.11 newest" TESTS=test_ssl
	@$(PYTHON) -m tools.stdlib $(addprefix --python ,$(PYTHONS)) $(if $(filter file,$(origin TESTS)),,$(TESTS))

lab:  ## the families on a stock kernel under QEMU: make lab TESTS=tests/families/test_can.py LAB_PYTHON=3.12
	@$(PYTHON) -m lab $(addprefix --python ,$(LAB_PYTHON)) -- $(if $(filter file,$(origin TESTS)),,$(TESTS))

lab-shell:  ## a shell in that machine
	@$(PYTHON) -m lab $(addprefix --python ,$(LAB_PYTHON)) --shell

machines:  ## tests on aarch64, ARM and s390x, by QEMU's user emulation: make machines TESTS=tests/sockaddr
	@python=$$($(ENVIRONMENT) constants) && "$$python" -m tools.machines -- $(if $(filter file,$(origin TESTS)),,$(TESTS))

requirements:  ## which requirements the last test run has shown, and how
	@$(PYTHON) -m tools.requirements --must-show --with-lab build/requirements-*.json

bench:  ## berkeley beside the interpreter's own module, C and uvloop: make bench BENCH="--quick --all-interpreters"
	@python=$$($(ENVIRONMENT) test,bench,programs) && "$$python" -m bench --judge $(BENCH)

bench-exact:  ## what is exact enough to be judged anywhere: system calls, the Python side, sizes
	@python=$$($(ENVIRONMENT) test,bench,programs) && "$$python" -m bench.exact --judge

bench-page:  ## docs/performance.md and its chart, of what the last runs of make bench have measured
	@python=$$($(ENVIRONMENT) test,bench,programs) && "$$python" -m bench.publish build/bench/*.json

check:  ## ruff, mypy, stubtest, layers, constant tables, C code for other systems, documentation
	@python=$$($(ENVIRONMENT) test,check,constants,bench) && "$$python" -m tools.check

constants:  ## regenerate the constant tables
	@python=$$($(ENVIRONMENT) constants) && "$$python" -m tools.constants

build:  ## build the core for this interpreter
	@$(ENVIRONMENT) test,bench,programs

clean:  ## remove everything that was built
	rm -rf build dist *.egg-info src/*.egg-info
	find src -name '*.so' -delete

.PHONY: help demo test quick stdlib lab lab-shell machines requirements bench bench-exact bench-page check constants build clean
