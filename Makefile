# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
#
# A menu: every line is a command that can be run by hand. `make` prints it.

JOBS ?= $(shell nproc)
PYTHON ?= /usr/bin/python3
CLIP := tests/fixtures/test-streams/1-min-nfl.mp4

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-unit test-component test-integration conformance e2e fixtures build release \
        asan tsan tsa lint typecheck fmt fuzz bench chaos cycles soak clean clean-artifacts images images-offline \
        media-dev media-down media-logs media-ps media-test media-test-unit media-test-integration \
        media-test-coverage \
        api-status metrics sts-echo sts-echo-stop sts-full sts-full-stop sts-full-logs sts-full-status \
        sts-docker sts-docker-stop sts-docker-logs sts-docker-status sts-test sts-test-unit sts-test-e2e sts-test-coverage \
        dev-up dev-up-light dev-down dev-logs dev-ps dev-test \
        e2e-media-up e2e-media-down e2e-sts-up e2e-sts-down e2e-logs e2e-clean

help: ## print this menu
	@echo "livedub: a live stream goes in, the same stream comes out in another language"
	@echo
	@awk -F ':.*## ' '/^[a-z0-9 -]+:.*## / {printf "  make %-23s %s\n", $$1, $$2}' Makefile

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

test-integration: build ## component tests, and whole programs against other implementations
	$(PYTHON) tools/run_tests.py --preset dev --jobs $(JOBS) component conformance

conformance: build ## the media server against ffmpeg, ffprobe and GStreamer
	$(PYTHON) tools/run_tests.py --preset dev conformance

e2e: build fixtures ## a whole minute over real RTMP, measured
	$(PYTHON) tools/run_tests.py --preset dev e2e

chaos: build fixtures ## break a running stream in every known way; what viewers saw of each (45 min)
	$(PYTHON) tools/run_tests.py --preset dev chaos

cycles: ## 1000 starts and stops of a stream under ASan and under TSan
	for preset in asan tsan; do \
	    cmake --preset $$preset && cmake --build --preset $$preset --parallel $(JOBS) --target session_component_test && \
	    GTEST_REPEAT=10 ctest --preset $$preset --tests-regex StartsAndStopsAgainAndAgain || exit 1; \
	done

soak: release fixtures ## two streams and a fault a minute, for SOAK_MINUTES (30)
	$(PYTHON) tools/soak.py --minutes $(or $(SOAK_MINUTES),30)

.PHONY: e2e-test e2e-test-p1
E2E := LIVEDUB_BUILD=$(CURDIR)/build/dev $(PYTHON) -m pytest -p no:cacheprovider tests/e2e/test_full_pipeline.py

e2e-test: build fixtures ## the full pipeline: the minute's checklist, echo, failure, two streams
	$(PYTHON) tests/e2e/check_prerequisites.py --build build/dev
	$(E2E)

e2e-test-p1: build fixtures ## the minute's checklist alone
	$(PYTHON) tests/e2e/check_prerequisites.py --build build/dev
	$(E2E) -k "exist or test_full_pipeline_media_to_sts_to_output"

# One service's share of the tests: of the layers by the names of its rooms, of the rest by file.
MEDIA_ROOMS := media media_session gst segments captions hooks orchestrator sts_client
STS_ROOMS := sts_session contract speech sound artifacts sio wire
space := $(subst ,, )
UNIT = ctest --test-dir build/$(1) --output-on-failure --parallel $(JOBS) --no-tests=error --label-regex unit \
	--tests-regex '^($(subst $(space),|,$(2)))_test'
PROGRAM := LIVEDUB_BUILD=$(CURDIR)/build/dev $(PYTHON) -m pytest -p no:cacheprovider

media-test: media-test-unit media-test-integration ## what concerns media-service

media-test-unit: build ## its rooms alone
	$(call UNIT,dev,$(MEDIA_ROOMS))

media-test-integration: build ## the program, its hooks, streams and links
	$(PROGRAM) tests/conformance/test_media_service*.py tests/conformance/test_sts_client.py

media-test-coverage: ## which lines of its rooms their own tests run
	$(call COVERAGE,$(MEDIA_ROOMS))

sts-test: sts-test-unit sts-test-e2e ## what concerns sts-service

sts-test-unit: build ## its rooms alone
	$(call UNIT,dev,$(STS_ROOMS))

sts-test-e2e: build fixtures ## the program against other implementations of the protocol
	$(PROGRAM) tests/conformance/test_sts_service*.py

sts-test-coverage: ## which lines of its rooms their own tests run
	$(call COVERAGE,$(STS_ROOMS))

# A build of its own, of those tests alone; what was counted before is forgotten.
define COVERAGE
	tools/setup.sh coverage
	cmake --preset coverage
	cmake --build --preset coverage --parallel $(JOBS) --target $(addsuffix _test,$(1))
	find build/coverage -name '*.gcda' -delete
	$(call UNIT,coverage,$(1))
	gcovr --root . --object-directory build/coverage --exclude '.*_test\.cpp' $(patsubst %,--filter 'src/%/',$(1))
endef

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

typecheck: tsa ## static analysis: thread safety by Clang, then clang-tidy
	tools/setup.sh lint
	cmake --preset dev
	$(PYTHON) tools/tidy.py --build build/dev

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
	cmake --preset release -DLIVEDUB_BENCH=ON
	cmake --build --preset release --parallel $(JOBS) --target engine_costs echo_load
	$(PYTHON) tools/bench.py

# Containers. Every target below needs an engine and Compose v2 (tools/setup.sh containers adds it).
MEDIA := tools/compose.sh media
STS := tools/compose.sh sts
FULL := tools/compose.sh full
LIGHT := NETWORK_NAME=$(or $(NETWORK_NAME),dubbing-network) $(STS)
WAIT := --detach --wait --wait-timeout

images: ## build every image (needs a container registry)
	$(MEDIA) build media-service
	$(STS) build echo-sts
	$(STS) build sts-service

images-offline: ## build every image with nothing but the Debian archive (root)
	tools/images_offline.sh

test-forky: ## the engines' tests on Debian forky, in a container (root)
	tools/images_offline.sh --test

bench-forky: ## what each engine costs on Debian forky, in a container; prints it (root)
	tools/images_offline.sh --bench

media-dev: ## start the media server and media-service in containers
	$(MEDIA) up $(WAIT) 60

media-down: ## stop them
	$(MEDIA) down

media-logs: ## follow their logs
	$(MEDIA) logs --follow --tail 100

media-ps: ## their state
	$(MEDIA) ps

api-status: ## what the media server has (MEDIAMTX_API_PORT)
	curl --fail --silent --show-error http://localhost:$(or $(MEDIAMTX_API_PORT),9997)/v3/paths/list

metrics: ## what media-service counts (MEDIA_SERVICE_PORT)
	curl --fail --silent --show-error http://localhost:$(or $(MEDIA_SERVICE_PORT),8080)/metrics

sts-echo: ## start the echo of the speech service in a container
	$(STS) up $(WAIT) 30 echo-sts

sts-echo-stop: ## stop it
	$(STS) down

sts-full: ## start the full speech service in a container
	$(FULL) up $(WAIT) 120

sts-full-stop: ## stop it
	$(FULL) down

sts-full-logs: ## follow its log
	$(FULL) logs --follow --tail 100

sts-full-status: ## its state, and what it says of its engines
	$(FULL) ps
	curl --fail --silent --show-error http://localhost:$(or $(STS_FULL_PORT),8000)/ready

sts-docker: ## start the full speech service alone, on STS_PORT (3000)
	$(STS) up $(WAIT) 120 sts-service

sts-docker-stop: ## stop it
	$(STS) down

sts-docker-logs: ## follow its log
	$(STS) logs --follow --tail 100

sts-docker-status: ## its state, and what it says of its engines
	$(STS) ps
	curl --fail --silent --show-error http://localhost:$(or $(STS_PORT),3000)/ready

dev-up: ## start everything: media server, media-service, full speech service
	$(MAKE) --no-print-directory media-dev sts-full

dev-up-light: ## the same with the echo instead of the speech engines
	STS_SERVICE_URL=http://echo-sts:3000 $(MEDIA) up $(WAIT) 60
	$(LIGHT) up $(WAIT) 30 echo-sts

dev-down: ## stop whatever dev-up or dev-up-light started
	$(FULL) down
	$(LIGHT) down
	$(MEDIA) down

dev-logs: ## the last lines of every service
	@$(MEDIA) logs --tail 50
	@$(FULL) logs --tail 50
	@$(LIGHT) logs --tail 50

dev-ps: ## the state of every service
	@$(MEDIA) ps
	@$(FULL) ps
	@$(LIGHT) ps

dev-test: ## publish the clip to what dev-up started, and look at what comes out
	scripts/manual-e2e-test.sh --yes --attach

e2e-media-up: ## start the media stack with test settings
	$(MEDIA) --e2e up $(WAIT) 60

e2e-media-down: ## stop it
	$(MEDIA) --e2e down

e2e-sts-up: ## start the full speech service that the end-to-end tests use
	$(FULL) --e2e up $(WAIT) 120

e2e-sts-down: ## stop it
	$(FULL) --e2e down

e2e-logs: ## the last lines of both
	@$(MEDIA) --e2e logs --tail 200
	@$(FULL) --e2e logs --tail 200

e2e-clean: ## stop both and remove their volumes
	$(FULL) --e2e down --volumes
	$(MEDIA) --e2e down --volumes

clean-artifacts: ## remove what runs have left: recordings and the test clip
	rm -rf build/demo build/manual-e2e tests/fixtures/test-streams

clean: ## remove everything that was built or made
	rm -rf build tests/fixtures/test-streams
