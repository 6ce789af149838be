.PHONY: check test integration bench wheel

# House rules, types, style.
check:
	ruff check .
	mypy
	pytest tests/test_house_rules.py

# Unit tests: nothing is downloaded.
test:
	pytest

# Everything that needs the real graph and real models.
integration:
	pytest -m integration

# Speed and memory on this machine, next to named baselines.
bench:
	python -m bbqa.eval.bench

wheel:
	bash .ci/wheel
