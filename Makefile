# Six verbs. Each expects an environment with `pip install -e . --group dev`.
.PHONY: test lint fix docs bench demo

test:
	python -m pytest -q

lint:
	ruff check .
	ruff format --check .
	mypy

fix:
	ruff check --fix .
	ruff format .

docs:
	python -m pytest -q tests/test_docs.py tests/test_cli_transcripts.py tests/test_cli_help.py tests/test_manual.py --update

bench:
	python bench/sync.py

demo:
	kb --vault examples/vault status
