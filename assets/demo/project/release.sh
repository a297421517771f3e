#!/bin/sh
# release [FOLDER]: puts what a user needs into a folder (build), with a manifest
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cd "$here"
version=$(cat VERSION)
folder=${1:-build}
if [ -e "$folder/MANIFEST" ] && ! grep -q "^ledger $version$" "$folder/MANIFEST"; then
    echo "release: $folder/ holds another version; remove it first" >&2
    exit 1
fi
mkdir -p "$folder/lib"
cp ledger.sh VERSION "$folder/"
cp lib/*.sh lib/*.awk "$folder/lib/"
{
    echo "ledger $version"
    (cd "$folder" && cksum ledger.sh VERSION lib/*)
} >"$folder/MANIFEST.new"
mv "$folder/MANIFEST.new" "$folder/MANIFEST"
echo "released ledger $version into $folder/"
