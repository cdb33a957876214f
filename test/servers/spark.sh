#!/usr/bin/env bash
# Installs both lines of Spark that are tested, as Python has them, where they are absent: 750 MB. Java 17 or later has to be there.
set -euo pipefail
cd "$(dirname "$0")/../.."
cache=$PWD/node_modules/.cache/servers
mkdir -p "$cache"
for version in 3.5.7 4.0.1; do
  folder=$cache/spark-${version%%.*}
  [ ! -e "$folder" ] || continue
  rm -rf "$folder.new"
  python3 -m venv "$folder.new"
  "$folder.new/bin/python" -m pip -q install "pyspark==$version"
  mv -T "$folder.new" "$folder"
done
