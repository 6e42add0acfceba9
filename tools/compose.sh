#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
#
# `docker compose` on one of the stacks, with the files that this machine can use.
#
#   tools/compose.sh media|sts|full [--e2e] COMMAND...
#
# MEDIA_SERVER   mediamtx or builtin: which media server is "mediamtx" in the media stack. Unset: MediaMTX; where its
#                image is not here, the one that was made here, or else our own server (tools/images_offline.sh)
set -euo pipefail
cd "$(dirname "$0")/.."

has_image() { docker image inspect "$1" >/dev/null 2>&1; }

stack=${1:-}
shift || true
overlays=()
if [ "${1:-}" = --e2e ]; then
    shift
    overlays+=(e2e)
fi
case "$stack" in
    media) files=(-f apps/media-service/docker-compose.yml) folder=apps/media-service ;;
    sts) files=(-f apps/sts-service/docker-compose.yml) folder=apps/sts-service ;;
    # Its test settings are its defaults.
    full) files=(-f apps/sts-service/docker-compose.full.yml) folder=apps/sts-service overlays=() ;;
    *) echo "compose: which stack? (media, sts, full)" >&2; exit 2 ;;
esac

if [ "$stack" = media ]; then
    # shellcheck disable=SC2016  # text of the compose file
    pinned=$(sed -n 's/.*image: ${MEDIAMTX_IMAGE:-\(.*\)}/\1/p' apps/media-service/docker-compose.yml)
    server=${MEDIA_SERVER:-mediamtx}
    made_here=livedub-mediamtx:local
    if [ -z "${MEDIAMTX_IMAGE:-}" ] && ! has_image "$pinned" && has_image "$made_here"; then
        export MEDIAMTX_IMAGE=$made_here
    fi
    if [ -z "${MEDIA_SERVER:-}" ] && ! has_image "${MEDIAMTX_IMAGE:-$pinned}" &&
        has_image "${LIVEDUB_MEDIA_SERVER_IMAGE:-livedub-media-server:latest}"; then
        server=builtin
    fi
    case "$server" in
        mediamtx) ;;
        builtin)
            overlays+=(builtin)
            echo "compose: 'mediamtx' is our own media server here, not MediaMTX (MEDIA_SERVER=mediamtx for that)" >&2
            ;;
        *) echo "compose: MEDIA_SERVER '$server' is neither mediamtx nor builtin" >&2; exit 2 ;;
    esac
fi
for overlay in "${overlays[@]}"; do
    files+=(-f "$folder/docker-compose.$overlay.yml")
done

# A base that was made here without a registry is the one to build on.
if [ -z "${BASE_IMAGE:-}" ] && has_image livedub-base:forky; then
    export BASE_IMAGE=livedub-base:forky
fi
SOURCE_DIGEST=$(tools/source_digest.sh)
export SOURCE_DIGEST
exec docker compose "${files[@]}" "$@"
