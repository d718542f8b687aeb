#!/usr/bin/env bash
# Keeps one segment of the log that PostgreSQL has finished, for recovery to a point in time:
#
#   archive_command = '/…/archive-wal.sh /backups/wal %p %f'
#
# It answers 0 only when the segment is on disk under its name; else PostgreSQL keeps it and asks
# again. A segment that is there already, and is another one, is never written over.
set -euo pipefail
archive=$1 path=$2 name=$3

if [ -e "$archive/$name" ]; then
  cmp --quiet -- "$path" "$archive/$name"
  exit
fi
cp -- "$path" "$archive/.$name.half"
sync -- "$archive/.$name.half"
mv -- "$archive/.$name.half" "$archive/$name"
sync -- "$archive"
