#!/usr/bin/env bash
# Makes versitygw, a store of objects that checks who asks and keeps what it has: 80 MB, and up to half an hour where Go has to compile all of it.
set -euo pipefail
cd "$(dirname "$0")/../.."
folder=$PWD/node_modules/.cache/servers/versitygw
[ ! -d "$folder" ] || exit 0
rm -rf "$folder.new"
GOBIN="$folder.new" go install github.com/versity/versitygw/cmd/versitygw@v1.8.0
mv -T "$folder.new" "$folder"
