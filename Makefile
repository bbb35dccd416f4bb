# Thin: every target is a line or two that a person could type. `make` alone says what there is.
SHELL := /bin/bash
BUILD := .build/release
TERN := $(BUILD)/tern

.PHONY: help bench test build report lint format install clean

help:
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 10

bench: build ## build, run Suites/demo.toml, write Results/ and Reports/index.html
	$(TERN) run demo
	$(TERN) report

test: install ## build and run every test (release: C kernels without optimisation are 150 times slower)
	swift build --build-tests --configuration release -Xswiftc -enable-testing
	swift test --skip-build --configuration release -Xswiftc -enable-testing
	@$(MAKE) --no-print-directory stamp

build: install ## build the release binary
	swift build --configuration release --product tern
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

lint: ## check the format of Swift, and that C compiles without a warning under gcc too
	swift format lint --strict --recursive Package.swift Sources Tests
	find Sources -name '*.c' -print0 | xargs -0 -n 1 -P 4 \
	  gcc -std=gnu17 -O1 -Wall -Wextra -Werror -Wno-unknown-pragmas -Wno-attributes -fsyntax-only -ISources/CKernels/include -ISources/CLinux/include

format: ## format Swift in place
	swift format --in-place --recursive Package.swift Sources Tests

install: ## what the build needs beyond the Swift toolchain
	@:

clean: ## remove build products
	rm -rf .build
