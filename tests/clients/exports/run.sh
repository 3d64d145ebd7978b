#!/bin/sh
# run.sh: fetches OpenTelemetry's message classes and Prometheus's parser from PyPI into the build folder (once) and runs
# exports_test.py against the programs in SIGNALBOX_BIN. Without python3, its venv or the packages it ends with 77, and
# says why: tst_otlp_export and tst_metrics check the same without them.
set -eu
source=$SIGNALBOX_SOURCE/tests/clients/exports
work=${SIGNALBOX_CLIENTS:?}/exports

skip() { echo "exports: skipped: $*" >&2; exit 77; }

command -v python3 >/dev/null 2>&1 || skip "python3 is not installed"
mkdir -p "$work"
if ! cmp -s "$source/requirements.txt" "$work/fetched.txt"; then
    rm -rf "$work/venv" "$work/fetched.txt"
    python3 -m venv "$work/venv" || skip "python3 has no venv"
    "$work/venv/bin/pip" install --quiet --disable-pip-version-check -r "$source/requirements.txt" ||
        skip "the packages cannot be fetched"
    cp "$source/requirements.txt" "$work/fetched.txt"
fi
exec "$work/venv/bin/python" "$source/exports_test.py"
