// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "common/stream_settings.hpp"

#include <array>
#include <chrono>
#include <string>
#include <string_view>

namespace livedub {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::array<std::string_view, 2> kDuckOrMute{"duck", "mute"};

}  // namespace

std::vector<config::SettingSpec> stream_settings() {
    return {
        {.name = "WORKER_SOURCE_LANGUAGE",
         .default_value = "en",
         .help = "Language spoken in the stream",
         .flag = "from",
         .aliases = {"WORKER_SOURCE_LANG"}},
        {.name = "WORKER_TARGET_LANGUAGE",
         .default_value = "es",
         .help = "Language to dub into",
         .flag = "to",
         .aliases = {"WORKER_TARGET_LANG"}},
        {.name = "WORKER_VOICE_PROFILE",
         .default_value = "default",
         .help = "Voice of the dub",
         .flag = "voice",
         .aliases = {"WORKER_TTS_VOICE"}},
        {.name = "WORKER_SEGMENT_DURATION",
         .default_value = "6s",
         .help = "Length of a fragment, 1s to 30s",
         .flag = "segment"},
        {.name = "OUTPUT_DELAY",
         .default_value = "0",
         .help = "Delay from in to out, up to 60s; 0 = segment + speech timeout + 1s",
         .flag = "delay",
         .aliases = {"WORKER_BUFFER_TARGET"}},
        {.name = "WORKER_STS_TIMEOUT_MS",
         .default_value = "8000",
         .help = "Time allowed for the speech of a fragment"},
        {.name = "WORKER_ORIGINAL_AUDIO",
         .default_value = "duck",
         .help = "The original under a dub: duck or mute",
         .flag = "original-audio"},
        {.name = "WORKER_DUCK_DB",
         .default_value = "-15",
         .help = "How far it is ducked, -60 to 0 dB",
         .flag = "duck-db"},
        {.name = "SKIP_STS_CONNECTION",
         .default_value = "false",
         .help = "true: original audio for everything"},
        {.name = "MAX_CONCURRENT_STREAMS",
         .default_value = "10",
         .help = "Streams dubbed at once, 0 = no limit",
         .aliases = {"ORCH_MAX_WORKERS"}},
        {.name = "WORKER_READY_TIMEOUT",
         .default_value = "15s",
         .help = "How long a stream waits for its input at the start, 1s to 5m"},
        {.name = "ORCH_GRACE_PERIOD",
         .default_value = "30s",
         .help = "How long a stream waits for its publisher to come back, up to 5m",
         .flag = "grace"},
        {.name = "LIVEDUB_CAPTIONS",
         .default_value = "",
         .help = "Directory for transcripts and WebVTT captions",
         .flag = "captions"},
    };
}

void read_stream_settings(SettingsReader& reader, const config::Settings& settings,
                          StreamOptions& stream, std::size_t& most_streams) {
    reader.language(stream.source_language, "WORKER_SOURCE_LANGUAGE");
    reader.language(stream.target_language, "WORKER_TARGET_LANGUAGE");
    stream.voice = settings.text("WORKER_VOICE_PROFILE");

    const seconds one{1};
    const milliseconds one_ms{1};
    reader.take(stream.segment,
                settings.duration("WORKER_SEGMENT_DURATION", one, one, seconds{30}));
    reader.take(stream.delay, settings.duration("OUTPUT_DELAY", one, milliseconds{0}, seconds{60}));
    reader.take(stream.sts_timeout,
                settings.duration("WORKER_STS_TIMEOUT_MS", one_ms, one, seconds{120}));
    reader.take(stream.grace,
                settings.duration("ORCH_GRACE_PERIOD", one, milliseconds{0}, minutes{5}));
    reader.take(stream.ready_timeout,
                settings.duration("WORKER_READY_TIMEOUT", one, one, minutes{5}));
    if (stream.delay.count() > 0 && stream.delay < stream.segment + one) {
        reader.refuse("OUTPUT_DELAY", "0, or segment + 1s to 60s");
    }
    bool skips_speech = false;
    reader.take(skips_speech, settings.boolean("SKIP_STS_CONNECTION"));
    stream.mode = skips_speech ? StreamMode::kOriginal : StreamMode::kDub;

    std::string under;
    int duck_db = 0;
    reader.take(under, settings.choice("WORKER_ORIGINAL_AUDIO", kDuckOrMute));
    reader.take(duck_db, settings.integer("WORKER_DUCK_DB", -60, 0));
    stream.mix.duck_db = under == "mute" ? MixSettings::kMute : duck_db;

    int most = 0;
    reader.take(most, settings.integer("MAX_CONCURRENT_STREAMS", 0, 10'000));
    most_streams = static_cast<std::size_t>(most);
}

void read_captions(SettingsReader& reader, const config::Settings& settings,
                   std::optional<std::string>& directory) {
    if (settings.text("LIVEDUB_CAPTIONS").empty()) {
        return;
    }
    directory.emplace();
    reader.directory(*directory, "LIVEDUB_CAPTIONS");
}

}  // namespace livedub
