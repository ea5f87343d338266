# make test    everything: both engines, mail, browser; installs what is missing
# make check   the quick one: formatting, vet, generated pages, rules on SQLite
# make only PKG=./internal/domain/...   some tests, with the services of make test
# make generate   the pages' Go, from their templ

PKG ?= ./...

.PHONY: test check only generate

test:
	@tools/with-services tools/run-tests

check:
	@tools/run-quick

only:
	@tools/with-services go test $(PKG) $(ARGS)

generate:
	@go tool templ generate
