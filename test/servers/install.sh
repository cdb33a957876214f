#!/usr/bin/env bash
# Installs the servers that tests need and that are absent. Each download has its time, and is tried once more; what is there already costs nothing.
set -euo pipefail
cd "$(dirname "$0")/../.."
# Two checkouts that are tested at once install one behind the other. Servers that Debian starts by itself must not hold the lock.
exec 9> "${TMPDIR:-/tmp}/leat-servers.lock"
flock -w 1800 9
twice() { timeout 400 "$@" || timeout 400 "$@"; }
wanted=()
ls -d /usr/lib/postgresql/*/bin > /dev/null 2>&1 || wanted+=(postgresql)
command -v mariadbd > /dev/null || wanted+=(mariadb-server)
command -v redis-server > /dev/null || wanted+=(redis-server)
command -v nats-server > /dev/null || wanted+=(nats-server)
command -v mosquitto > /dev/null || wanted+=(mosquitto)
[ -x /usr/lib/rabbitmq/bin/rabbitmq-server ] || wanted+=(rabbitmq-server)
if [ ${#wanted[@]} -gt 0 ]; then
  twice apt-get update -q 9>&-
  DEBIAN_FRONTEND=noninteractive twice apt-get install -y -q --no-install-recommends "${wanted[@]}" 9>&-
fi
# Those of Java are folders of jars, the client of Scribe and a store of objects environments of Python: each is whole or not there. Where Java, Maven or Python is absent, their tests are left out.
cache=$PWD/node_modules/.cache/servers
mkdir -p "$cache"
jars() {
  [ ! -d "$cache/$1" ] || return 0
  rm -rf "$cache/$1.new"
  twice mvn -q -B -f "test/servers/$1/pom.xml" dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory="$cache/$1.new"
  mv -T "$cache/$1.new" "$cache/$1"
}
if command -v mvn > /dev/null && command -v java > /dev/null; then
  jars flume
  jars hdfs
  jars kafka
fi
python() {
  [ ! -d "$cache/$1" ] || return 0
  rm -rf "$cache/$1.new"
  python3 -m venv "$cache/$1.new"
  twice "$cache/$1.new/bin/python" -m pip -q install "${@:2}"
  mv -T "$cache/$1.new" "$cache/$1"
}
if python3 -c 'import ensurepip, venv' 2> /dev/null; then
  python scribe facebook-scribe==2.0.post1 thrift==0.25.0
  # A store of objects (S3), of which no more than that is wanted.
  python moto 'moto[s3]==5.2.5' flask==3.1.3 flask-cors==6.0.5
fi
