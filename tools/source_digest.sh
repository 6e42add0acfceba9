#!/bin/sh
# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
#
# Prints a digest of everything that decides what is in the images. They carry it as the label livedub.sources,
# so that a test can tell an image of these sources from an older one.
set -eu
cd "$(dirname "$0")/.."

# What .dockerignore lets through, less the tests beside the sources, and the Dockerfiles themselves.
find CMakeLists.txt CMakePresets.json cmake src apps tools/build_packages.txt tools/build_packages_newer.txt \
    tools/runtime_packages.sh -type f \
    \( -name '*.[ch]pp' ! -name '*_test.cpp' -o -name 'CMake*' -o -name '*.cmake' -o -name Dockerfile \
    -o -path 'tools/*' \) -exec sha256sum {} + |
    LC_ALL=C sort -k 2 | sha256sum | cut -c 1-16
