# agon: the commands a stranger needs. All logic is in scripts/, which can be read and run by itself.

TOPIC ?= What moats does a generative-AI start-up have?
PANEL ?= founders
MODEL ?= embedded/gemma-3-270m

# Where rustup puts cargo, for a shell that was opened before rustup ran.
export PATH := $(PATH):$(or $(CARGO_HOME),$(HOME)/.cargo)/bin
# Topics are somebody's words: they reach the scripts through the environment and never through a shell's grammar.
export TOPIC PANEL MODEL

.PHONY: help setup run test lint install experiments picture

help: ## Lists these commands (the default)
	@grep -E '^[a-z]+:.*## ' Makefile | sed 's/:.*## /	/' | expand -t 10
	@echo 'make run takes TOPIC="...", PANEL=..., MODEL=...; all else: cargo run --release -- --help'

setup: ## Checks what the build needs; installs what is missing where it may, else says what to install
	@sh scripts/setup

run: ## Builds agon, fetches the small model once, and opens a debate
	@sh scripts/run

test: ## Runs all tests
	@sh scripts/test

lint: ## Formatting and lints, as CI has them
	cargo fmt --check
	cargo clippy --locked --all-targets -- -D warnings

install: setup ## Installs agon into cargo's bin folder
	cargo install --locked --path .

experiments: ## Runs agon compare and agon probe on the embedded models, writes docs/experiments.md (20 minutes)
	@sh scripts/experiments

picture: ## Makes assets/screen.svg anew, from a real session (needs tmux and python3)
	@sh scripts/picture
