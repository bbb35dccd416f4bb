# Thin: every target is a line or two that a person could type. `make` alone says what there is.
SHELL := /bin/bash
BUILD := .build/release
TERN := $(BUILD)/tern
# One set of flags for building and testing: what is tested is what is measured, and nothing is compiled twice.
FLAGS := --configuration release -Xswiftc -enable-testing

.PHONY: help bench test test-sanitized test-emulated test-arm test-gate test-oracle rig bench-meters bench-tokenizers bench-training bench-report build report test-browser example lint format install clean

help:
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 16

bench: build ## build, show the shipped model, run Suites/demo.toml, write Results/ and Reports/index.html
	$(TERN) generate -m tern-tiny -p "Once there was" -n 120
	$(TERN) perplexity -m tern-tiny Models/tern-tiny-heldout.txt --documents --each-kernel
	$(TERN) run demo
	$(TERN) report

test: install ## build and run every test (release: C kernels without optimisation are 150 times slower)
	swift build $(FLAGS) --build-tests
	@$(MAKE) --no-print-directory stamp
	@rm -f .build/tests-swift-testing.xml
	swift test $(FLAGS) --skip-build --xunit-output .build/tests.xml || Tests/failures .build/tests-swift-testing.xml

# The kernels' contract alone (Tests/Contract/Makefile), which `make test` holds too: FILTER=simd@avx2 names rows.
test-sanitized: ## check every kernel under the address and the undefined-behaviour sanitizer
	@$(MAKE) --no-print-directory -C Tests/Contract sanitized

test-emulated: simde ## check every kernel of this architecture, its instructions emulated in plain C
	@$(MAKE) --no-print-directory -C Tests/Contract emulated

test-arm: arm ## check every kernel of AArch64 on CPU models of qemu, a minute or two
	@$(MAKE) --no-print-directory -C Tests/Contract aarch64

test-oracle: build ## training against PyTorch, hybrids and the shipped model against gguf, NumPy and transformers
	@test -x .build/oracle/bin/python || python3 -m venv .build/oracle
	@.build/oracle/bin/pip install --quiet --disable-pip-version-check torch safetensors tokenizers numpy \
	  gguf transformers accelerate
	@.build/oracle/bin/python Tests/Oracle/training.py $(TERN)
	@.build/oracle/bin/python Tests/Oracle/hybrid.py $(TERN) Tests/EngineTests/Fixtures/sambay
	@.build/oracle/bin/python Tests/Oracle/tern_tiny.py $(TERN) Sources/CShippedModel/tern-tiny.gguf

rig: git numa pfm ## check placement and energy on a virtual machine of two memory nodes, a minute or two
	@Tests/Rig/run

bench-meters: git numa pfm ## what beginning and ending the meters of a window costs
	@swift build $(FLAGS) --product MeterCost 1>&2
	@$(BUILD)/MeterCost

bench-tokenizers: build ## text to token ids on one thread, against the tokenizers package of Python
	@test -x .build/tokenizers/bin/python || python3 -m venv .build/tokenizers
	@.build/tokenizers/bin/pip install --quiet --disable-pip-version-check tokenizers
	@.build/tokenizers/bin/python Tests/Bench/Tokenizers/speed.py $(TERN) \
	  Tests/ModelFilesTests/Fixtures/Tokenizers/*/tokenizer.json

bench-training: git numa ## a training step's products against the machine's ceiling and OpenBLAS, and tokens/s of steps
	@swift build $(FLAGS) --product TrainingCost 1>&2
	@$(BUILD)/TrainingCost

bench-report: git ## what a page of ten thousand cells costs: seconds to render, bytes to keep
	@swift build $(FLAGS) --product ReportCost 1>&2
	@$(BUILD)/ReportCost

test-browser: git chromium ## look at every kind of page in a headless Chromium, a minute
	@swift build $(FLAGS) --product ReportCost 1>&2
	@pages="$$(mktemp --directory)" && trap 'rm -rf "$$pages"' EXIT && $(BUILD)/ReportCost --pages "$$pages" && \
	  python3 Tests/Browser/check.py "$$pages"/*.html

build: git numa pfm ## build the release binary
	swift build $(FLAGS) --product tern
	@$(MAKE) --no-print-directory stamp

# The commit and the compilers of this build, for `tern --version` and for records; believed only by the very binary
# whose size and time stand in it.
.PHONY: stamp
stamp:
	@printf '{"commit": "%s", "dirty": %s, "swift": "%s", "clang": "%s", "binary_bytes": %s, "binary_modified": %s}\n' \
	  "$$(git rev-parse HEAD 2>/dev/null)" \
	  "$$(test -z "$$(git status --porcelain 2>/dev/null)" && echo false || echo true)" \
	  "$$(swift --version 2>/dev/null | sed -n '1s/ (.*//p')" "$$(clang --version | sed -n '1s/ (.*//p')" \
	  $$(stat --dereference --format='%s' $(TERN)) $$(stat --dereference --format='%Y' $(TERN)) \
	  > $$(dirname $$(readlink --canonicalize $(TERN)))/tern-build.json

report: build ## render the newest record of Results/ again
	$(TERN) report

example: build ## run the demo and render it to Reports/example/, its figures beside the page
	$(TERN) run demo
	$(TERN) report -o Reports/example --figures Reports/example

lint: ## check the format of Swift; C warnings are errors in every build
	swift format lint --strict --recursive Package.swift Sources Tests

format: ## format Swift in place
	swift format --in-place --recursive Package.swift Sources Tests

# A build of its own, because what can be slowed by its environment is nothing to measure with.
test-gate: git numa pfm valgrind ## see that the gate flags a slowdown of 3 % and passes equal builds, ten minutes
	swift build $(FLAGS) --scratch-path .build/gate-hooks -Xswiftc -DTERN_TEST_HOOKS --product tern
	@Tests/Gate/run .build/gate-hooks/release/tern

install: git numa pfm simde ## what building and testing need beyond the Swift toolchain

# git fetches the packages, and says which commit this is; libnuma places memory; libpfm4 knows the names of hardware
# events; SIMDe is what `make test-emulated` compiles with.
.PHONY: git numa pfm simde
git:
	@command -v git > /dev/null || (apt-get update && apt-get install --yes --no-install-recommends git)
numa:
	@test -e /usr/include/numa.h || \
	  (apt-get update && apt-get install --yes --no-install-recommends libnuma-dev)
pfm:
	@test -e /usr/include/perfmon/pfmlib.h || \
	  (apt-get update && apt-get install --yes --no-install-recommends libpfm4-dev)
simde:
	@test -e /usr/include/simde/x86/avx512.h || \
	  (apt-get update && apt-get install --yes --no-install-recommends libsimde-dev)

# Only counts of an emulated CPU need it: `make test-gate`, and the gate of .ci/run.
.PHONY: valgrind
valgrind:
	@{ command -v valgrind && command -v strip; } > /dev/null || \
	  (apt-get update && apt-get install --yes --no-install-recommends valgrind binutils)

# Only `make test-browser` and `tern report --format pdf` need a browser, and only the former needs Python.
.PHONY: chromium
chromium:
	@{ command -v chromium || command -v google-chrome || command -v chrome; } > /dev/null && \
	  command -v python3 > /dev/null || \
	  (apt-get update && apt-get install --yes --no-install-recommends chromium python3)

# A C library and a linker's start files for AArch64, and a CPU: only `make test-arm` needs them.
.PHONY: arm
arm:
	@{ command -v aarch64-linux-gnu-gcc && { command -v qemu-aarch64-static || command -v qemu-aarch64; }; } > /dev/null || \
	  (apt-get update && apt-get install --yes --no-install-recommends \
	    gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user-static)

clean: ## remove build products
	rm -rf .build
