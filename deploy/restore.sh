#!/bin/sh
# Brings a backup into an empty database and an empty data directory. No gateway may run on them.
# Usage: UPKI_DATA_DIR=… PGHOST=… PGUSER=… PGDATABASE=… deploy/restore.sh FOLDER
# Read docs/operations.md, "Backup", before the gateway is started on it.
set -eu
umask 077
[ $# -eq 1 ] || { sed -n '2,4s/^# //p' "$0" >&2; exit 2; }
folder=$(cd "$1" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "${UPKI_DATA_DIR:?}"
[ -z "$(ls -A "$UPKI_DATA_DIR")" ] || { echo "$UPKI_DATA_DIR is not empty" >&2; exit 1; }
pg_restore --exit-on-error --single-transaction --no-owner --dbname="${PGDATABASE:?}" "$folder/database.dump"
psql --quiet --set=ON_ERROR_STOP=1 --file="$here/after-restore.sql" "$PGDATABASE"
tar --extract --gzip --preserve-permissions --file="$folder/data.tar.gz" --directory="$UPKI_DATA_DIR"
