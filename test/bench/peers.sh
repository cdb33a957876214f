#!/usr/bin/env bash
# Installs what leat is measured against, where it is absent. Each of them is optional: what cannot be had is said and left out.
#   test/bench/peers.sh [FOLDER]     what is not Debian's goes to FOLDER (as `npm run bench -- --peers FOLDER` expects it)
set -uo pipefail
folder=${1:-${LEAT_BENCH_PEERS:-${TMPDIR:-/tmp}/leat-bench/peers}}
mkdir -p "$folder/bin"
folder=$(cd "$folder" && pwd)

there() { command -v "$1" >/dev/null || [ -x "$folder/bin/$1" ] || [ -x "/usr/bin/$1" ]; }
try() { "$@" >"$folder/install.log" 2>&1 || { echo "not to be had: $*" >&2; tail -n 3 "$folder/install.log" >&2; }; }

# command=package of Debian
packages=()
for pair in mawk=mawk gawk=gawk jq=jq mlr=miller rg=ripgrep sort=coreutils grep=grep time=time; do
  there "${pair%%=*}" || packages+=("${pair#*=}")
done
if [ "${#packages[@]}" -gt 0 ]; then
  as_root=()
  if [ "$(id -u)" -ne 0 ]; then as_root=(sudo); fi
  try "${as_root[@]}" apt-get update
  # One by one, so that one that is missing does not keep the others away.
  for package in "${packages[@]}"; do try "${as_root[@]}" apt-get install --yes --no-install-recommends "$package"; done
fi

if ! there duckdb; then
  try python3 -m pip install --target "$folder/duckdb" duckdb-cli==1.5.6
  ln -sf "$folder/duckdb/duckdb_cli/duckdb" "$folder/bin/duckdb"
fi
there agrind || try cargo install ag --locked --root "$folder"
there rare || try env GOBIN="$folder/bin" go install github.com/zix99/rare@latest
rm -f "$folder/install.log"
