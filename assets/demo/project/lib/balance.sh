#!/bin/sh
# balance FILE: what is in each account
set -eu
here=$(cd "$(dirname "$0")" && pwd)
file=$1
awk -f "$here/amount.awk" -f "$here/balance.awk" "$file" | sort
