# The commands of daily work. `make run` and `make test` are all that a newcomer needs.

.PHONY: help run test fmt lint deny bench book ci

help: ## list the commands
	@sed -n 's/^\([a-z]*\):.*## /\1	/p' Makefile

run: ## build, then serve a demo on 127.0.0.1:8080 over SQLite in data/demo; prints curl lines that work
	cargo run --release --locked -- serve --demo

test: ## the suite on SQLite and on a throwaway PostgreSQL (or on that of TEST_DATABASE_URL)
	scripts/test

fmt: ## format the code
	cargo fmt

lint: ## clippy on everything, warnings are errors
	cargo clippy --locked --all-targets -- -D warnings

deny: ## licences, bans, sources and advisories of the dependencies
	scripts/deny

bench: ## load on loopback: requests per second and latencies, against a bare handler
	benches/load/run.sh

book: ## build the book into docs/book; needs mdbook (cargo install mdbook --locked)
	mdbook build docs

ci: ## everything that a change must pass
	.ci/run
