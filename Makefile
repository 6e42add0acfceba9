# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
#
# A menu: every line is a command that can be run by hand. `make` prints it.

JOBS ?= $(shell nproc)
PYTHON ?= /usr/bin/python3
CLIP := tests/fixtures/test-streams/1-min-nfl.mp4

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-unit test-component conformance e2e fixtures build release \
        asan tsan tsa lint fmt fuzz bench clean

help: ## print this menu
	@echo "livedub: a live stream goes in, the same stream comes out in another language"
	@echo
	@awk -F ':.*## ' '/^[a-z0-9 -]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' Makefile

setup: ## install every package that building, testing and linting need
	tools/setup.sh lint

demo: ## dub a live stream on this machine, watch it happen, keep the recording
	tools/setup.sh demo
	$(MAKE) --no-print-directory release
	$(PYTHON) tools/make_fixtures.py
	$(PYTHON) tools/demo.py

test: ## build, then run every test
	tools/setup.sh test
	$(MAKE) --no-print-directory build fixtures
	$(PYTHON) tools/run_tests.py --preset dev --jobs $(JOBS) unit component tools conformance e2e

test-unit: build ## the tests beside the source (seconds)
	$(PYTHON) tools/run_tests.py --preset dev --jobs $(JOBS) unit

test-component: build ## one process, real sockets and pipelines
	$(PYTHON) tools/run_tests.py --preset dev --jobs $(JOBS) component

conformance: build ## the media server against ffmpeg, ffprobe and GStreamer
	$(PYTHON) tools/run_tests.py --preset dev conformance

e2e: build fixtures ## a whole minute over real RTMP, measured
	$(PYTHON) tools/run_tests.py --preset dev e2e

fixtures: ## make the test clip (nothing to do when it is up to date)
	$(PYTHON) tools/make_fixtures.py

build: ## debug build with tests, in build/dev
	cmake --preset dev
	cmake --build --preset dev --parallel $(JOBS)

release: ## optimised build, in build/release
	cmake --preset release
	cmake --build --preset release --parallel $(JOBS)

asan tsan: ## unit and component tests under AddressSanitizer+UBSan / ThreadSanitizer
	cmake --preset $@
	cmake --build --preset $@ --parallel $(JOBS)
	$(PYTHON) tools/run_tests.py --preset $@ --jobs $(JOBS) unit component

tsa: ## compile with Clang's thread-safety analysis
	cmake --preset tsa
	cmake --build --preset tsa --parallel $(JOBS)

lint: ## format, layers, clang-tidy, shellcheck, spelling
	tools/setup.sh lint
	tools/lint.sh

fmt: ## reformat the C++ sources in place
	git ls-files -z '*.hpp' '*.cpp' | xargs -0 clang-format-14 -i

fuzz: ## run every parser's fuzzer for 60 s (FUZZ_SECONDS)
	tools/fuzz.sh $(or $(FUZZ_SECONDS),60)

bench: ## measure, and write bench/README.md
	tools/setup.sh bench
	$(MAKE) --no-print-directory release fixtures
	$(PYTHON) tools/bench.py

clean: ## remove everything that was built or made
	rm -rf build tests/fixtures/test-streams
