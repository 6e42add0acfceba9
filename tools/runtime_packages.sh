#!/bin/sh
# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
#
# Prints the Debian packages that have the shared libraries of the given programs and plugins. Their names
# change with every release (libfmt9, libfmt10), so that an image cannot have them written down.
#
#   tools/runtime_packages.sh PROGRAM...
set -eu

# Only what a file names itself: the packages know what their own libraries need.
needed=$(objdump -p "$@" | awk '$1 == "NEEDED" {print $2}' | sort -u)
ldd "$@" | awk -v needed="$needed" '
    BEGIN {count = split(needed, names, "\n"); for (i = 1; i <= count; ++i) wanted[names[i]] = 1}
    $2 == "=>" && $3 == "not" {print "missing: " $1 > "/dev/stderr"; failed = 1}
    $2 == "=>" && ($1 in wanted) {print $3}
    END {exit failed}' | sort -u |
    while read -r library; do readlink -f "$library"; done |
    xargs dpkg-query --search | sed 's/:.*//' | sort -u
