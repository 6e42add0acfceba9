// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/catalogue/catalogue.hpp"

#include <algorithm>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "engines/apertium/apertium_translator.hpp"
#include "engines/catalogue/engine_factories.hpp"
#include "engines/catalogue/inventory.hpp"
#include "engines/catalogue/recogniser_choice.hpp"
#include "engines/catalogue/translator_chain.hpp"
#include "engines/online/online_translator.hpp"
#include "telemetry/log.hpp"

namespace livedub::engines {
namespace {

tl::unexpected<Error> unknown(std::string_view setting, std::string_view value,
                              std::string_view allowed) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("{} \"{}\" (allowed: {})", setting, value, allowed));
}

}  // namespace

Result<std::unique_ptr<speech::TranscriptionModel>> make_recogniser(
    const std::string& name, const whisper::WhisperOptions& model) {
    if (name == "pocketsphinx") {
        return make_pocketsphinx();
    }
    if (name == "whisper") {
        return make_whisper(model);
    }
    if (name == "auto") {
        return choose_recogniser(model,
                                 {.whisper = make_whisper, .pocketsphinx = make_pocketsphinx})
            .map([](ChosenRecogniser&& chosen) {
                logger("engines")->info("recogniser_chosen engine={} why=\"{}\"", chosen.engine,
                                        chosen.why);
                return std::move(chosen.model);
            });
    }
    return unknown("ASR_PROVIDER", name, "auto, pocketsphinx, whisper");
}

Result<std::unique_ptr<speech::Translator>> make_translator(const std::string& names,
                                                            const TranslationAccess& access,
                                                            std::chrono::milliseconds time) {
    if (names == "none") {
        return nullptr;
    }
    const auto chosen = chosen_engines(EngineStage::kTranslate, names);
    const auto share = time / static_cast<int>(chosen.size());
    std::vector<std::unique_ptr<speech::Translator>> translators;
    for (const auto& name : chosen) {
        if (name == "apertium") {
            translators.push_back(apertium::make_apertium_translator({.timeout = share}));
        } else if (name == "deepl") {
            translators.push_back(online::make_online_translator(
                online::deepl_api(access.deepl_url, access.deepl_key), share));
        } else if (name == "libretranslate") {
            translators.push_back(online::make_online_translator(
                online::libretranslate_api(access.libretranslate_url, access.libretranslate_key),
                share));
        } else if (name == "openai-compatible") {
            translators.push_back(online::make_online_translator(
                online::chat_completions_api(access.openai_url, access.openai_key,
                                             access.openai_model),
                share));
        } else {
            return unknown("TRANSLATION_PROVIDER", names,
                           "a list of apertium, deepl, libretranslate, openai-compatible; or none");
        }
    }
    return make_translator_chain(std::move(translators));
}

Result<std::unique_ptr<speech::Synthesizer>> make_synthesizer(const std::string& name) {
    if (name == "auto" || name == "espeak") {
        return make_espeak();
    }
    return unknown("TTS_PROVIDER", name, "auto, espeak");
}

Result<std::unique_ptr<Dubber>> make_speech_pipeline(const SpeechConfig& config) {
    auto translator =
        make_translator(config.translator, config.access, config.stage_limits.translate);
    if (!translator) {
        return tl::unexpected{std::move(translator).error()};
    }
    auto synthesizer = make_synthesizer(config.synthesizer);
    if (!synthesizer) {
        return tl::unexpected{std::move(synthesizer).error()};
    }
    auto recogniser =
        make_recogniser(config.recogniser, config.recognition);  // last: it takes longest
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
