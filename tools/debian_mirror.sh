#!/bin/sh
# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
#
# Prints the address of the Debian archive that this machine's own apt is set up with, for tools that want
# another release from the same place. Exit code 1 where apt uses no Debian archive.
set -eu

# shellcheck disable=SC2016  # apt fills these in
uri=$(apt-get indextargets --format '$(ORIGIN) $(LABEL) $(COMPONENT) $(REPO_URI)' 'Created-By: Packages' |
    awk '$1 == "Debian" && $2 == "Debian" && $3 == "main" {print $4; exit}')
if [ -z "$uri" ]; then
    echo "debian_mirror: apt has no index of a Debian archive here (try: apt-get update)" >&2
    exit 1
fi
printf '%s\n' "$uri"
