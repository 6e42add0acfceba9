#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
#
# Walks a person through the whole pipeline: each step says what it does, what to expect, and shows it.
#
#   scripts/manual-e2e-test.sh [--yes] [--containers | --attach] [--clip FILE]
#
#   --yes          does not wait for Enter between the steps
#   --containers   on the compose stacks (make e2e-media-up e2e-sts-up) instead of three processes
#   --attach       on what is already running (make dev-up), which is left running
#   --clip FILE    what is published: H.264 and AAC; default is the one-minute test clip
#
# RTMP_PORT, API_PORT, METRICS_PORT, MEDIA_PORT and STS_PORT choose other ports than 1935, 9997, 9998, 8080 and
# 3000; LIVEDUB_BUILD another build than build/release. Settings of media-service, such as OUTPUT_DELAY, can be
# given in the environment. Exit codes: 0 the dub was there, 1 a step failed and says which, 2 bad usage.
# Whatever happens, what was started here is ended here; logs and recording stay in build/manual-e2e.
set -euo pipefail
cd "$(dirname "$0")/.."

python=${PYTHON:-/usr/bin/python3}
build=${LIVEDUB_BUILD:-build/release}
rtmp=${RTMP_PORT:-1935} api=${API_PORT:-9997} metrics=${METRICS_PORT:-9998}
media=${MEDIA_PORT:-8080} sts=${STS_PORT:-3000}
clip=tests/fixtures/test-streams/1-min-nfl.mp4
out=build/manual-e2e
stream=manual
ask=yes
containers=no
attach=no

while [ $# -gt 0 ]; do
    case $1 in
        --yes) ask=no ;;
        --containers) containers=yes ;;
        --attach) attach=yes ;;
        --clip) clip=${2:?--clip needs a file}; shift ;;
        *) sed -n '5,18s/^# \{0,1\}//p' "$0"; exit 2 ;;
    esac
    shift
done

number=0
started=()
declare -A name_of=()
step() { # NAME, WHAT IT DOES, WHAT TO EXPECT
    number=$((number + 1))
    printf '\n== %d. %s\n   does:   %s\n   expect: %s\n' "$number" "$1" "$2" "$3"
    if [ "$ask" = yes ] && [ -t 0 ]; then
        read -r -p '   Enter goes on, Ctrl-C ends: '
    fi
}
failed() {
    printf '   FAILED  %s\n           tests/e2e/README.md, "When it does not work", has what to look at\n' "$*" >&2
    exit 1
}
passed() { printf '   ok      %s\n' "$*"; }

finish() {
    local id
    [ ${#started[@]} -eq 0 ] || kill "${started[@]}" 2>/dev/null || true
    for id in "${started[@]}"; do
        wait "$id" 2>/dev/null || true
    done
    if [ "$containers" = yes ]; then
        make --no-print-directory e2e-sts-down e2e-media-down >"$out/down.log" 2>&1 || true
    fi
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

run() { # NAME, COMMAND...
    local name=$1
    shift
    "$@" >"$out/$name.log" 2>&1 &
    started+=($!)
    name_of[$!]=$name
}
# A publisher may have come to its end; a service may not.
check_services() {
    local id
    for id in "${started[@]}"; do
        if [ "${name_of[$id]}" != publisher ] && ! kill -0 "$id" 2>/dev/null; then
            failed "${name_of[$id]} has ended: $(tail -n 1 "$out/${name_of[$id]}.log")"
        fi
    done
}
get() { "$python" -c 'import sys, urllib.request
sys.stdout.write(urllib.request.urlopen(sys.argv[1], timeout=5).read().decode())' "$1"; }
wait_until() { # SECONDS, WHAT, COMMAND...
    local began=$SECONDS limit=$1 what=$2
    shift 2
    until "$@" >/dev/null 2>&1; do
        check_services
        [ $((SECONDS - began)) -lt "$limit" ] || failed "not within $limit s: $what"
        sleep 0.5
    done
    passed "$what"
}
path_is_ready() { get "http://127.0.0.1:$api/v3/paths/list" | "$python" -c '
import json, sys
sys.exit(not any(p["name"] == sys.argv[1] and p["ready"] for p in json.load(sys.stdin)["items"]))' "$1"; }

rm -rf "$out"
mkdir -p "$out"

if [ "$attach" = no ]; then
    step "Prerequisites" "looks at tools, programs, memory and ports" "no line that begins with NO"
    "$python" tests/e2e/check_prerequisites.py --build "$build" || failed "see above"
fi
if [ ! -f "$clip" ]; then
    "$python" tools/make_fixtures.py
fi
[ -f "$clip" ] || failed "$clip is not there"

if [ "$attach" = yes ]; then
    sts=${STS_FULL_PORT:-8000}
elif [ "$containers" = yes ]; then
    sts=${STS_FULL_PORT:-8000}
    step "Start" "starts media server, media-service and sts-service in containers" \
        "four lines of compose, each ending in Healthy; two minutes at most"
    MEDIAMTX_RTMP_PORT=$rtmp MEDIAMTX_API_PORT=$api MEDIAMTX_METRICS_PORT=$metrics MEDIA_SERVICE_PORT=$media \
        make --no-print-directory e2e-media-up e2e-sts-up || failed "a container did not get healthy (make e2e-logs)"
else
    step "Start" "starts sts-service, the built-in media server and media-service; logs in $out" \
        "all three answer within 30 s"
    run sts-service "$build/apps/sts-service" --host 127.0.0.1 --port "$sts"
    run media-server "$build/apps/livedub" serve --rtmp "127.0.0.1:$rtmp" --api "127.0.0.1:$api" \
        --metrics "127.0.0.1:$metrics" --hooks "http://127.0.0.1:$media"
    run media-service "$build/apps/media-service" --host 127.0.0.1 --port "$media" \
        --mediamtx-rtmp-url "rtmp://127.0.0.1:$rtmp" --mediamtx-api-url "http://127.0.0.1:$api" \
        --sts-service-url "http://127.0.0.1:$sts" --segment-dir "$out/segments" --grace 2s
fi

step "Health" "asks each service how it is" "ok and ready from all three"
wait_until 30 "sts-service is ready        http://127.0.0.1:$sts/ready" get "http://127.0.0.1:$sts/ready"
wait_until 30 "media-service is healthy    http://127.0.0.1:$media/health" get "http://127.0.0.1:$media/health"
wait_until 30 "the media server answers    http://127.0.0.1:$api/v3/paths/list" \
    get "http://127.0.0.1:$api/v3/paths/list"

step "Publish" "ffmpeg sends $clip in real time to rtmp://127.0.0.1:$rtmp/live/$stream/in" \
    "live/$stream/in in the list of paths within a second or two"
run publisher ffmpeg -hide_banner -nostats -loglevel warning -re -i "$clip" -c copy -f flv \
    "rtmp://127.0.0.1:$rtmp/live/$stream/in"
wait_until 15 "live/$stream/in is there" path_is_ready "live/$stream/in"

wanted=$(ffprobe -v error -show_entries format=duration -of csv=p=0 "$clip")
step "Output" "waits for live/$stream/out, which comes one delay later (15 s unless OUTPUT_DELAY says otherwise)" \
    "live/$stream/out in the list; watch it meanwhile: ffplay rtmp://127.0.0.1:$rtmp/live/$stream/out"
wait_until 75 "live/$stream/out is there" path_is_ready "live/$stream/out"

step "Record" "ffmpeg records the output to its end" "H.264 and AAC, as long as the clip"
length_limit=()
# For a grace period of half a minute a service waits for its publisher to come back, and sends silence.
[ "$attach" = no ] || length_limit=(-t "$wanted")
timeout 180 ffmpeg -hide_banner -nostats -loglevel error -y -rw_timeout 30000000 \
    -i "rtmp://127.0.0.1:$rtmp/live/$stream/out" "${length_limit[@]}" -c copy "$out/dubbed.mp4" ||
    failed "the recording broke off"
codecs=$(ffprobe -v error -show_entries stream=codec_name -of csv=p=0 "$out/dubbed.mp4" | sort | xargs)
length=$(ffprobe -v error -show_entries format=duration -of csv=p=0 "$out/dubbed.mp4")
[ "$codecs" = "aac h264" ] || failed "the recording has '$codecs' instead of 'aac h264'"
# A viewer who comes late begins at a keyframe; there is one every two seconds.
awk -v a="$length" -v b="$wanted" 'BEGIN {exit !(a - b < 1 && b - a < 3)}' ||
    failed "the recording has $length s, the clip $wanted s"
passed "$codecs, $length s: $out/dubbed.mp4"

step "Counters" "reads what media-service counted of the stream" \
    "as many fragments processed as sent, status success; fallback_total only for short_tail"
get "http://127.0.0.1:$media/metrics" >"$out/metrics.txt" || failed "media-service gives no metrics"
shown="sts_fragments_sent_total|sts_fragments_processed_total|fallback_total|av_sync_delta_ms|dubbed_seconds_total"
grep -E "^media_service_worker_($shown)\{" "$out/metrics.txt" | sed 's/^/   /'
dubbed=$(sed -n "s/^media_service_worker_dubbed_seconds_total{stream_id=\"$stream\"} //p" "$out/metrics.txt")
awk -v s="${dubbed:-0}" 'BEGIN {exit !(s > 0)}' || failed "nothing was dubbed"
passed "$dubbed s were dubbed"

step "Listen" "nothing: this one is for ears" "Spanish over a quieter original, and the picture in step with it"
printf '   ffplay %s\n' "$out/dubbed.mp4"

printf '\n== all steps passed; stopping what was started\n'
