# Two commands are enough: `make run` and `make test`. The others are parts of them, or for later.

PREFIX ?= /usr/local
DESTDIR ?=
# What the build links against.
PACKAGES = libncursesw5-dev libcurl4-openssl-dev libsqlite3-dev libcmark-gfm-dev libcmark-gfm-extensions-dev
RELEASE = .build/release/furlong
# The Swift runtime goes into the binary, so that it starts fast and can be copied.
RELEASE_FLAGS = -c release --static-swift-stdlib -Xlinker -s --product furlong

.PHONY: run test build bench bench-gateway lint format install uninstall clean packages

run: build
	@scripts/run $(RELEASE)

test: packages
	swift build --product furlong
	swift test

build: packages
	swift build $(RELEASE_FLAGS)

packages:
	@scripts/system-packages $(PACKAGES)

bench: build
	swift build -c release --static-swift-stdlib --product furlong-bench
	@.build/release/furlong-bench $(RELEASE)

# SOAK=MINUTES runs it at half load for so long instead.
bench-gateway: build
	swift build -c release --static-swift-stdlib --product furlong-bench
	@.build/release/furlong-bench $(RELEASE) gateway $(if $(SOAK),soak $(SOAK))

lint:
	swift format lint --strict --recursive --parallel Sources Tests Bench Package.swift
	scripts/check-layout

format:
	swift format format --in-place --recursive --parallel Sources Tests Bench Package.swift

install: build
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/furlong/themes $(DESTDIR)$(PREFIX)/share/man/man1
	install -d $(DESTDIR)$(PREFIX)/share/bash-completion/completions $(DESTDIR)$(PREFIX)/share/zsh/site-functions
	install -d $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d
	install -m 755 $(RELEASE) $(DESTDIR)$(PREFIX)/bin/furlong
	install -m 644 themes/*.yaml $(DESTDIR)$(PREFIX)/share/furlong/themes/
	install -m 644 scripts/furlong.1 $(DESTDIR)$(PREFIX)/share/man/man1/furlong.1
	$(RELEASE) --generate-completion-script bash > $(DESTDIR)$(PREFIX)/share/bash-completion/completions/furlong
	$(RELEASE) --generate-completion-script zsh > $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_furlong
	$(RELEASE) --generate-completion-script fish > $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/furlong.fish

uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/furlong $(DESTDIR)$(PREFIX)/share/man/man1/furlong.1
	rm -f $(DESTDIR)$(PREFIX)/share/bash-completion/completions/furlong $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_furlong
	rm -f $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/furlong.fish
	rm -rf $(DESTDIR)$(PREFIX)/share/furlong

clean:
	swift package clean
