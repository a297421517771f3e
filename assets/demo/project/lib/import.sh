#!/bin/sh
# import FILE CSV: appends the rows of a bank's CSV file
set -eu
file=$1
csv=$2
tail -n +2 "$csv" | tr -d '\r' | awk -F, '{ print $1, $2, $3, $4 }' >>"$file"
