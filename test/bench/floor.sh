#!/usr/bin/env bash
# The floor under the architecture: the word count of one file by mawk and by leat, in turn in one run, with the same answer.
#   test/bench/floor.sh [SIZEmb] [ROUNDS]
set -euo pipefail
cd "$(dirname "$0")/../.."
size=${1:-200mb} rounds=${2:-3}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
node test/bench/generate.mjs words "$size" "$dir/words.txt"
seconds() { local start; start=$(date +%s%N); "$@" >"$dir/out"; echo $((($(date +%s%N) - start) / 1000000)); }
with_mawk() { mawk '{for (i = 1; i <= NF; i++) count[$i]++} END {for (word in count) print word "\t" count[word]}' "$dir/words.txt"; }
with_leat() { bin/leat.js 'words | countByValue' <"$dir/words.txt"; }
for ((round = 1; round <= rounds; round++)); do
  mawk_ms=$(seconds with_mawk); sort "$dir/out" >"$dir/mawk"
  leat_ms=$(seconds with_leat); sort "$dir/out" >"$dir/leat"
  cmp "$dir/mawk" "$dir/leat" || { echo 'the answers differ' >&2; exit 1; }
  echo "round $round: mawk $mawk_ms ms, leat $leat_ms ms, mawk / leat = $(node -p "($mawk_ms / $leat_ms).toFixed(2)")"
done
