#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
#
# Builds every image where no container registry can be reached: the base is made from the distribution's own
# archive (the one that this machine's apt uses), everything else on it.
#
#   tools/images_offline.sh          build what is missing or older than the sources
#   tools/images_offline.sh --fresh  make the base anew as well
#   tools/images_offline.sh --test   no images: run the engines' tests on that release, in a container
#   tools/images_offline.sh --bench  no images: measure the engines on that release, in a container
#
# MEDIAMTX_BINARY   the program to make a MediaMTX image of; unset: that of tools/mediamtx.sh; "none": neither
# BUILD_JOBS        compilers at once (2)
# LIVEDUB_MODELS    folder of real models to measure; unset: made ones
#
# Needs root, for debootstrap. Exit codes: 0 done, also with a line that there is no container engine here; 1 failed.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf 'images: %s\n' "$*"; }
die() { printf 'images: %s\n' "$*" >&2; exit 1; }

base=livedub-base:forky

if ! docker info >/dev/null 2>&1; then
    case ${1:-} in --test | --bench) die "no container engine answers here, so nothing is run" ;; esac
    say "no container engine answers here, so no images are built"
    exit 0
fi
[ "$(id -u)" -eq 0 ] || die "debootstrap needs root"
tools/setup.sh containers

work=$(mktemp -d "${TMPDIR:-/var/tmp}/livedub-images.XXXXXX")
trap 'rm -rf --one-file-system "$work"' EXIT

# What a slim image leaves out; licences stay.
slim_dpkg() {
    printf 'path-exclude /usr/share/%s/*\n' doc man locale info
    printf 'path-include /usr/share/doc/*/copyright\n'
}

make_base() {
    local mirror root=$work/root
    mirror=$(tools/debian_mirror.sh)
    say "making $base"
    # debootstrap of an older release does not know forky's name; the way of sid is the way of every later one.
    debootstrap --variant=minbase --include=ca-certificates forky "$root" "$mirror" \
        /usr/share/debootstrap/scripts/sid >"$work/log" 2>&1 || die "debootstrap failed: $(tail -n 1 "$work/log")"
    slim_dpkg >"$root/etc/dpkg/dpkg.cfg.d/slim"
    # A machine that accepts old indexes has an archive that does not move: its images see the same one.
    apt-config dump Acquire::Check-Valid-Until >"$root/etc/apt/apt.conf.d/80check-valid-until"
    rm -rf "$root"/usr/share/{man,locale,info}/* "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/* \
        "$root"/var/log/*
    find "$root/usr/share/doc" -type f ! -name copyright -delete
    if [ "${1:-}" = with-packages ]; then
        add_packages "$root"
    fi
    tar -C "$root" -c . | docker import --change 'CMD ["bash"]' - "$base" >/dev/null
    rm -rf --one-file-system "$root"
}

# Containers that reach nothing can still install what is in apt's cache. The images get bigger by it.
add_packages() {
    local names
    mapfile -t names < <(cat tools/build_packages.txt tools/build_packages_newer.txt)
    names+=(libgtest-dev libgmock-dev python3-numpy flite ffmpeg wget curl gstreamer1.0-libav libvo-aacenc0 pocketsphinx-en-us apertium apertium-eng-spa espeak-ng-data)
    chroot "$1" sh -ec 'apt-get -qq update
        apt-get -qq install --download-only --no-install-recommends -y "$@"
        cd /var/cache/apt/archives
        apt-get -qq download gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-bad' \
        sh "${names[@]}" >"$work/log" 2>&1 || die "no packages for the base: $(tail -n 1 "$work/log")"
}

# The network on which a container can reach the archive, if there is one.
network_of_containers() {
    local network
    for network in default host; do
        if docker run --rm --network "$network" "$base" \
            sh -c 'timeout 60 apt-get -qq -o APT::Update::Error-Mode=any update' >/dev/null 2>&1; then
            echo "$network"
            return
        fi
    done
}

[ "${1:-}" != --fresh ] || docker image rm "$base" >/dev/null 2>&1 || true
if ! docker image inspect "$base" >/dev/null 2>&1; then
    make_base
    if [ -z "$(network_of_containers)" ]; then
        say "containers reach no archive from here: the packages go into the base"
        make_base with-packages
    fi
fi

BASE_IMAGE=$base
BUILD_NETWORK=$(network_of_containers)
BUILD_NETWORK=${BUILD_NETWORK:-none}
SOURCE_DIGEST=$(tools/source_digest.sh)
export BASE_IMAGE BUILD_NETWORK SOURCE_DIGEST
say "building on $base (network of the build: $BUILD_NETWORK)"

if [ "${1:-}" = --test ] || [ "${1:-}" = --bench ]; then
    # By Compose, whose builder knows cache mounts wherever there is a Compose v2.
    docker compose --project-directory . --file - build engine-tests <<END
services:
  engine-tests:
    image: livedub-engine-tests:local
    build:
      context: .
      dockerfile: apps/sts-service/Dockerfile
      target: engine-tests
      network: $BUILD_NETWORK
      args: {BASE_IMAGE: "$base", BUILD_JOBS: "${BUILD_JOBS:-2}"}
END
    if [ "$1" = --test ]; then
        docker run --rm --network none livedub-engine-tests:local
    else
        models=()
        if [ -n "${LIVEDUB_MODELS:-}" ]; then
            models=(--volume "$(realpath "$LIVEDUB_MODELS"):/models:ro" --env LIVEDUB_MODELS=/models)
        fi
        docker run --rm --network none "${models[@]}" livedub-engine-tests:local /usr/bin/python3 tools/bench_engines.py
    fi
    exit
fi

media=(-f apps/media-service/docker-compose.yml -f apps/media-service/docker-compose.builtin.yml)
docker compose "${media[@]}" build media-service
docker compose "${media[@]}" build mediamtx
docker compose -f apps/sts-service/docker-compose.yml build echo-sts
docker compose -f apps/sts-service/docker-compose.yml build sts-service

mediamtx=${MEDIAMTX_BINARY:-$(tools/mediamtx.sh)}
if [ -n "$mediamtx" ] && [ "$mediamtx" != none ]; then
    mkdir "$work/context"
    cp "$mediamtx" "$work/context/mediamtx"
    chmod 755 "$work/context/mediamtx"
    docker build --quiet --network "$BUILD_NETWORK" --build-arg BASE_IMAGE="$base" --tag livedub-mediamtx:local \
        --file apps/media-service/deploy/mediamtx/Dockerfile "$work/context" >/dev/null
    say "MediaMTX is livedub-mediamtx:local; for 1.5 also set MEDIAMTX_CONFIG=./deploy/mediamtx/mediamtx-1.5.yml"
else
    say "no MediaMTX here (MEDIAMTX_BINARY, go): docker-compose.builtin.yml runs our own media server instead"
fi

docker image ls --format '{{.Repository}}:{{.Tag}}\t{{.Size}}' |
    grep -E '^(media-service|livedub-[a-z-]+|sts-service|echo-sts):' | sort
