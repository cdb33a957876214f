#!/usr/bin/env bash
# Installs the servers that are absent, and runs what needs them: the contracts of tables and of queries, and kills of leat and of servers.
set -euo pipefail
cd "$(dirname "$0")/../.."
bash test/servers/install.sh
npm run build
LEAT_SERVERS=required LEAT_LONG=1 npx vitest run test/contract/tables.test.ts test/contract/queries.test.ts test/servers
