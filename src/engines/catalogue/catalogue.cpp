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
#include "engines/catalogue/translator_chain.hpp"
#include "engines/online/online_translator.hpp"

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

Result<std::unique_ptr<speech::Translator>> make_translator(const std::string& names,
                                                            const TranslationAccess& access,
                                                            std::chrono::milliseconds time,
                                                            const Care& care) {
    if (names == "none") {
        return nullptr;
    }
    const auto chosen = chosen_engines(EngineStage::kTranslate, names);
    const auto share = time / static_cast<int>(chosen.size());
    std::vector<std::unique_ptr<speech::Translator>> translators;
    const auto add = [&](online::TranslationApi api) {
        translators.push_back(
            make_careful_translator(online::make_online_translator(std::move(api), share), care));
    };
    for (const auto& name : chosen) {
        if (name == "apertium") {
            auto with_phrases = care;
            with_phrases.needs_phrases = true;
            translators.push_back(make_careful_translator(
                apertium::make_apertium_translator({.timeout = share}), std::move(with_phrases)));
        } else if (name == "deepl") {
            add(online::deepl_api(access.deepl_url, access.deepl_key));
        } else if (name == "libretranslate") {
            add(online::libretranslate_api(access.libretranslate_url, access.libretranslate_key));
        } else if (name == "openai-compatible") {
            add(online::chat_completions_api(access.openai_url, access.openai_key,
                                             access.openai_model));
        } else {
            return unknown("TRANSLATION_PROVIDER", names,
                           "a list of apertium, deepl, libretranslate, openai-compatible; or none");
        }
    }
    return make_translator_chain(std::move(translators), care.events.on_failover);
}

Result<std::unique_ptr<speech::Synthesizer>> make_synthesizer(const std::string& name) {
    if (name == "auto" || name == "espeak") {
        return make_espeak();
    }
    return unknown("TTS_PROVIDER", name, "auto, espeak");
}

Result<std::unique_ptr<Dubber>> make_speech_pipeline(const SpeechConfig& config) {
    auto translator =
        make_translator(config.translator, config.access, config.stage_limits.translate,
                        {.glossary = config.glossary,
                         .cache = std::make_shared<TranslationCache>(),
                         .events = config.translation_events});
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
