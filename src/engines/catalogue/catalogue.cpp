// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/catalogue/catalogue.hpp"

#include <algorithm>
#include <string_view>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "engines/apertium/apertium_translator.hpp"
#include "engines/catalogue/engine_factories.hpp"
#include "engines/catalogue/inventory.hpp"

namespace livedub::engines {
namespace {

tl::unexpected<Error> unknown(std::string_view setting, std::string_view value,
                              std::string_view allowed) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("{} \"{}\" (allowed: {})", setting, value, allowed));
}

}  // namespace

Result<std::unique_ptr<speech::TranscriptionModel>> make_recogniser(const std::string& name) {
    if (name == "auto" || name == "pocketsphinx") {
        return make_pocketsphinx();
    }
    return unknown("ASR_PROVIDER", name, "auto, pocketsphinx");
}

Result<std::unique_ptr<speech::Translator>> make_translator(const std::string& name) {
    if (name == "apertium") {
        return apertium::make_apertium_translator();
    }
    if (name == "none") {
        return nullptr;
    }
    return unknown("TRANSLATION_PROVIDER", name, "apertium, none");
}

Result<std::unique_ptr<speech::Synthesizer>> make_synthesizer(const std::string& name) {
    if (name == "auto" || name == "espeak") {
        return make_espeak();
    }
    return unknown("TTS_PROVIDER", name, "auto, espeak");
}

Result<std::unique_ptr<Dubber>> make_speech_pipeline(const SpeechConfig& config) {
    auto translator = make_translator(config.translator);
    if (!translator) {
        return tl::unexpected{std::move(translator).error()};
    }
    auto synthesizer = make_synthesizer(config.synthesizer);
    if (!synthesizer) {
        return tl::unexpected{std::move(synthesizer).error()};
    }
    auto recogniser = make_recogniser(config.recogniser);  // last: it takes longest
    if (!recogniser) {
        return tl::unexpected{std::move(recogniser).error()};
    }
    const auto cores = std::max<std::size_t>(1, std::thread::hardware_concurrency());
    return std::make_unique<speech::Pipeline>(
        speech::Engines{.recogniser = std::move(*recogniser),
                        .translator = std::move(*translator),
                        .synthesizer = std::move(*synthesizer)},
        speech::PipelineConfig{.workers = std::min(config.workers, cores),
                               .stage_limits = config.stage_limits,
                               .fit_limits = config.fit_limits});
}

}  // namespace livedub::engines
