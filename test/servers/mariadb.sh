#!/usr/bin/env bash
# Starts a MariaDB of its own on loopback, in a folder of its own: mariadb.sh start FOLDER PORT; mariadb.sh stop FOLDER; mariadb.sh kill FOLDER.
# User leat with the password of its name, database leat. `start` returns when it answers.
set -euo pipefail
command -v mariadbd > /dev/null || { echo "no MariaDB is installed here" >&2; exit 3; }
folder=$2
user=$(id -un)
gone() { while kill -0 "$1" 2>/dev/null; do sleep 0.05; done; }
case $1 in
  start)
    if [ ! -d "$folder/data" ]; then
      mkdir -p "$folder"
      mariadb-install-db --no-defaults --user="$user" --datadir="$folder/data" --auth-root-authentication-method=normal --skip-test-db > "$folder/log" 2>&1
    fi
    mariadbd --no-defaults --user="$user" --datadir="$folder/data" --socket="$folder/socket" --pid-file="$folder/pid" --bind-address=127.0.0.1 --port="$3" \
      --innodb-buffer-pool-size=16M --innodb-log-file-size=8M --skip-log-bin >> "$folder/server.log" 2>&1 < /dev/null &
    pid=$!
    ask() { mariadb --no-defaults --socket="$folder/socket" -u root -e "$1" >> "$folder/log" 2>&1; }
    for _ in $(seq 1 600); do
      if ask 'select 1'; then break; fi
      kill -0 "$pid" 2>/dev/null || { tail -5 "$folder/server.log" >&2; exit 1; }
      sleep 0.1
    done
    ask "create database if not exists leat; create user if not exists leat@'127.0.0.1' identified by 'leat'; grant all on leat.* to leat@'127.0.0.1'"
    ;;
  stop) pid=$(cat "$folder/pid"); kill "$pid"; gone "$pid" ;;
  kill) pid=$(cat "$folder/pid"); kill -9 "$pid"; gone "$pid" ;;
esac
