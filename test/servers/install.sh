#!/usr/bin/env bash
# Installs the servers that tests need and that are absent.
set -euo pipefail
wanted=()
ls -d /usr/lib/postgresql/*/bin > /dev/null 2>&1 || wanted+=(postgresql)
command -v mariadbd > /dev/null || wanted+=(mariadb-server)
if [ ${#wanted[@]} -gt 0 ]; then
  apt-get update -q
  DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${wanted[@]}"
fi
