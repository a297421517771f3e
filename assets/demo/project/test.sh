#!/bin/sh
# test [FILE...]: runs the cases of tests/, or only of the files named
set -u
cd "$(dirname "$0")" || exit 2
passed=0
failed=0
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# check NAME WANTED GOT
check() {
    if [ "$2" = "$3" ]; then
        passed=$((passed + 1))
        printf 'ok    %s\n' "$1"
    else
        failed=$((failed + 1))
        printf 'FAIL  %s\n      wanted: %s\n      got:    %s\n' "$1" "$2" "$3"
    fi
}

[ "$#" -gt 0 ] || set -- tests/*.test
for cases in "$@"; do
    . "./$cases"
done
printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
