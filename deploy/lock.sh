#!/usr/bin/env bash
# Chooses the newest release of every package that pyproject.toml allows, and writes them with the hashes of
# their files to deploy/requirements.lock; then everything inside to deploy/sbom.cdx.json. Needs a network.
set -euo pipefail
cd "$(dirname "$0")/.."

folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check "uv>=0.9,<1"
# Kickback itself is built on the machine, by what is locked as well.
echo "setuptools>=77" > "$folder/build.in"
"$folder/venv/bin/uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
    --no-header pyproject.toml "$folder/build.in" -o "$folder/locked"
grep '^#' deploy/requirements.lock > "$folder/new"
echo >> "$folder/new"
cat "$folder/locked" >> "$folder/new"
cp "$folder/new" deploy/requirements.lock
python3 deploy/sbom.py
