#!/usr/bin/env bash
# Starts a PostgreSQL of its own on loopback, in a folder of its own: postgres.sh start FOLDER PORT; postgres.sh stop FOLDER; postgres.sh kill FOLDER.
# User leat with the password of its name, database leat. `start` returns when it answers.
set -euo pipefail
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | tail -1) || true
[ -n "$bin" ] || { echo "no PostgreSQL is installed here" >&2; exit 3; }
folder=$2
# It refuses to be run by root.
as() { if [ "$(id -u)" = 0 ]; then setpriv --reuid=postgres --regid=postgres --init-groups env -C "$folder" HOME="$folder" "$@"; else "$@"; fi; }
case $1 in
  start)
    if [ ! -d "$folder/data" ]; then
      mkdir -p "$folder"
      if [ "$(id -u)" = 0 ]; then chown postgres "$folder"; fi
      chmod 755 "$folder"
      echo leat > "$folder/password"
      chmod 644 "$folder/password"
      as "$bin/initdb" -D "$folder/data" -A scram-sha-256 -U leat --pwfile="$folder/password" --no-sync -E UTF8 --locale=C.UTF-8 > "$folder/log" 2>&1
    fi
    as "$bin/pg_ctl" -D "$folder/data" -w -t 60 -l "$folder/server.log" \
      -o "-p $3 -c listen_addresses=127.0.0.1 -c unix_socket_directories=$folder -c shared_buffers=16MB" start >> "$folder/log" 2>&1
    PGPASSWORD=leat "$bin/psql" -h 127.0.0.1 -p "$3" -U leat -d postgres -c 'create database leat' >> "$folder/log" 2>&1 || true
    ;;
  stop) as "$bin/pg_ctl" -D "$folder/data" -w -m fast stop >> "$folder/log" 2>&1 ;;
  kill)
    pid=$(head -1 "$folder/data/postmaster.pid")
    kill -9 "$pid"
    while kill -0 "$pid" 2>/dev/null; do sleep 0.05; done
    ;;
esac
