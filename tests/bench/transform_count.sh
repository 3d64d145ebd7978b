#!/bin/sh
# Instructions per operation of transform_bench, by callgrind: twice as many runs less the first, so that starting does
# not count. Unlike times they are the same on a busy machine.
#   transform_count.sh TRANSFORM_BENCH [CASE...]
set -eu
bench=$1
shift
[ $# -gt 0 ] || set -- request-200 request-1K request-100K answer-300 answer-100K chat-chat chat-chat-cut chat-chat-full \
    anthropic-anthropic gemini-gemini responses-responses anthropic-chat chat-anthropic gemini-chat
total() { valgrind --tool=callgrind --callgrind-out-file=/dev/null "$bench" "$1" "$2" 2>&1 | sed -n 's/.*Collected : //p'; }
for name in "$@"; do
    once=$(total "$name" 50)
    twice=$(total "$name" 100)
    echo "$name $(((twice - once) / 50))"
done
