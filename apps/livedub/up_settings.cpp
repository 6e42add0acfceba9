// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//

#include "up_settings.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "common/recognition_settings.hpp"
#include "common/speech_settings.hpp"
#include "common/stream_settings.hpp"
#include "common/translation_settings.hpp"

namespace livedub {
using config::Settings;

const std::vector<config::SettingSpec>& up_settings() {
    static const auto specs = [] {
        auto all = media_server_settings();
        const std::vector<config::SettingSpec> own{
            {.name = "LIVEDUB_SPEECH",
             .default_value = "on",
             .help = "off: original audio for everything",
             .flag = "speech"},
            {.name = "STS_MAX_WORKERS",
             .default_value = "4",
             .help = "Speech threads, at most one a core"},
        };
        std::ranges::copy(own, std::back_inserter(all));
        std::ranges::move(recognition_settings(), std::back_inserter(all));
        std::ranges::move(speech_settings(), std::back_inserter(all));
        std::ranges::move(translation_settings(), std::back_inserter(all));
        std::ranges::move(stream_settings(), std::back_inserter(all));
        std::ranges::move(log_settings("text"), std::back_inserter(all));
        return all;
    }();
    return specs;
}

Result<UpConfig> make_up_config(const Settings& settings) {
    UpConfig config;
    SettingsReader reader{settings};
    read_media_server_settings(reader, settings, config.server);
    read_stream_settings(reader, settings, config.stream, config.most_streams);
    bool speaks = true;
    reader.take(speaks, settings.boolean("LIVEDUB_SPEECH"));
    if (!speaks) {
        config.stream.mode = StreamMode::kOriginal;
    }

    int workers = 0;
    reader.take(workers, settings.integer("STS_MAX_WORKERS", 1, 256));

    read_recognition_settings(reader, settings, config.speech);
    read_translation_settings(reader, settings, config.speech);
    read_speech_settings(reader, settings, config.speech);
    config.speech.workers = static_cast<std::size_t>(workers);

    read_captions(reader, settings, config.captions_dir);
    read_log_settings(reader, settings, config.log);

    if (reader.error()) {
        return tl::unexpected{std::move(*reader.error())};
    }
    return config;
}

}  // namespace livedub
