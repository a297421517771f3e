#!/bin/sh
# ledger!! plain text accounts
# TODO: clean up this file (comments are from 2023, half of them wrong)
set -eu
here=$(cd "$(dirname "$0")" && pwd)

# teh file
file=${LEDGER_FILE:-"$here/data/2026.ledger"}

usage() {
    cat <<'TEXT'
usage: ledger.sh COMMAND
  balance        what is in each account
  import CSV     take over the rows of a bank's CSV file
  help           this text
TEXT
}

# do it
case "${1:-help}" in
balance)
    # ballance of all acounts
    shift
    sh "$here/lib/balance.sh" "$file" "$@"
    ;;
import)
    # xml import  (?)
    shift
    sh "$here/lib/import.sh" "$file" "$@"
    ;;
help | -h | --help) usage ;;
*)
    echo "ledger: no command '$1' (try: ledger.sh help)" >&2
    exit 2
    ;;
esac
