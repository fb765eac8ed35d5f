#!/bin/sh
# Saves the database and the data directory while the gateway runs.
# Usage: UPKI_DATA_DIR=… PGHOST=… PGUSER=… PGDATABASE=… deploy/backup.sh FOLDER
# The password comes from ~/.pgpass (PGPASSFILE), never from the command line.
# What is saved opens everything: keep it as safe as the gateway. Source: docs/operations.md, "Backup".
set -eu
umask 077
[ $# -eq 1 ] || { sed -n '2,4s/^# //p' "$0" >&2; exit 2; }
mkdir -p "$1"
folder=$(cd "$1" && pwd)
pg_dump --format=custom --file="$folder/database.dump.part" "${PGDATABASE:?}"
cd "${UPKI_DATA_DIR:?}"
# Keys, tokens and credentials are files; a folder below is the embedded store, or not the gateway's.
find . -maxdepth 1 -type f ! -name '*.tmp' ! -name '*.lock*' -print0 |
  tar --create --gzip --null --files-from=- --file="$folder/data.tar.gz.part"
mv "$folder/database.dump.part" "$folder/database.dump"
mv "$folder/data.tar.gz.part" "$folder/data.tar.gz"
