#!/bin/sh
# run.sh CLIENT [TEST]: fetches the client libraries of tests/clients/CLIENT into the build folder (npm, from the lock file;
# once) and runs TEST.test.mjs (default: CLIENT.test.mjs) against the programs in SIGNALBOX_BIN. The output ends with
# node's own test summary.
set -eu
client=$1
test=${2:-$client}
source=$SIGNALBOX_SOURCE/tests/clients/$client
work=${SIGNALBOX_CLIENTS:?}/$client

command -v node >/dev/null 2>&1 || { echo "clients: node is not installed; ./dev test-clients installs it" >&2; exit 1; }
mkdir -p "$work"
if ! cmp -s "$source/package-lock.json" "$work/fetched.lock"; then
    echo "clients: fetching the $client libraries from the npm registry"
    rm -rf "$work/node_modules" "$work/fetched.lock"
    cp "$source/package.json" "$source/package-lock.json" "$work/"
    (cd "$work" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)
    cp "$source/package-lock.json" "$work/fetched.lock"
fi
cp "$source"/*.mjs "$SIGNALBOX_SOURCE/tests/clients/engine.mjs" "$work/"
cd "$work"
exec node --test --test-timeout=240000 --test-force-exit --test-reporter=spec "$test.test.mjs"
