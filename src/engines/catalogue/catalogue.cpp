// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/catalogue/catalogue.hpp"

#include <algorithm>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engines/apertium/apertium_translator.hpp"
#include "engines/catalogue/engine_factories.hpp"
#include "engines/catalogue/inventory.hpp"
#include "engines/catalogue/recogniser_choice.hpp"
#include "engines/catalogue/synthesizer_chain.hpp"
#include "engines/catalogue/translator_chain.hpp"
#include "engines/online/online_recogniser.hpp"
#include "engines/online/online_translator.hpp"
#include "telemetry/log.hpp"

namespace livedub::engines {
namespace {

tl::unexpected<Error> unknown(std::string_view setting, std::string_view value,
                              std::string_view allowed) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("{} \"{}\" (allowed: {})", setting, value, allowed));
}

std::string built(EngineStage stage) {
    return fmt::format("{}", fmt::join(engines_of_this_build(stage), ", "));
}

bool has_whisper() {
    return std::ranges::any_of(known_engines(), [](const KnownEngine& engine) {
        return engine.name == "whisper" && engine.is_in_build;
    });
}

}  // namespace

Result<std::unique_ptr<speech::TranscriptionModel>> make_recogniser(
    const std::string& name, const whisper::WhisperOptions& model, const SpeechServices& services,
    std::chrono::milliseconds time) {
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
                // Where there was no choice there is nothing to say to whoever starts the program.
                logger("engines")->log(has_whisper() ? spdlog::level::info : spdlog::level::debug,
                                       "recogniser_chosen engine={} why=\"{}\"", chosen.engine,
                                       chosen.why);
                return std::move(chosen.model);
            });
    }
    if (name == "openai-compatible") {
        return online::make_online_recogniser({.url = services.openai_url,
                                               .key = services.openai_key,
                                               .model = services.openai_asr_model},
                                              time);
    }
    return unknown("ASR_PROVIDER", name, "auto, " + built(EngineStage::kRecognise));
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
        } else if (name == "opus") {
            auto opus = make_opus({.directories = access.model_directories, .timeout = share});
            if (!opus) {
                return opus;
            }
            translators.push_back(make_careful_translator(std::move(*opus), care));
        } else if (name == "deepl") {
            add(online::deepl_api(access.deepl_url, access.deepl_key));
        } else if (name == "libretranslate") {
            add(online::libretranslate_api(access.libretranslate_url, access.libretranslate_key));
        } else if (name == "openai-compatible") {
            add(online::chat_completions_api(access.openai_url, access.openai_key,
                                             access.openai_model));
        } else {
            return unknown("TRANSLATION_PROVIDER", names,
                           "a list of " + built(EngineStage::kTranslate) + "; or none");
        }
    }
    return make_translator_chain(std::move(translators), care.events.on_failover);
}

Result<std::unique_ptr<speech::Synthesizer>> make_synthesizer(
    const std::string& names, const SpeechServices& services,
    std::shared_ptr<const VoiceProfiles> voices, std::chrono::milliseconds time,
    std::function<void()> on_failover) {
    const auto chosen = chosen_engines(EngineStage::kSpeak, chosen_synthesizers(names, services));
    const auto share = time / static_cast<int>(chosen.size());
    std::vector<std::unique_ptr<speech::Synthesizer>> synthesizers;
    const auto add = [&](online::SpeechApi api) {
        auto look_up = voices_of(voices, api.name);
        synthesizers.push_back(
            online::make_online_synthesizer(std::move(api), std::move(look_up), share));
    };
    for (const auto& name : chosen) {
        if (name == "espeak") {
            auto espeak = make_espeak();
            if (!espeak) {
                return espeak;
            }
            synthesizers.push_back(with_profiles(std::move(*espeak), voices));
        } else if (name == "openai-compatible") {
            add(online::openai_speech_api({.url = services.openai_url,
                                           .key = services.openai_key,
                                           .model = services.openai_tts_model,
                                           .voice = services.openai_tts_voice}));
        } else if (name == "elevenlabs") {
            add(online::elevenlabs_api({.url = services.elevenlabs_url,
                                        .key = services.elevenlabs_key,
                                        .model = services.elevenlabs_model,
                                        .voice = services.elevenlabs_voice}));
        } else if (name == "coqui" && services.coqui_url.empty()) {
            auto local = make_vits(services.local_voices, wishes_of(voices), share);
            if (!local) {
                return local;
            }
            synthesizers.push_back(std::move(*local));
        } else if (name == "coqui") {
            add(online::coqui_api(services.coqui_url));
        } else {
            return unknown("TTS_PROVIDER", names,
                           "auto, or a list of " + built(EngineStage::kSpeak));
        }
    }
    return make_synthesizer_chain(std::move(synthesizers), std::move(voices),
                                  std::move(on_failover));
}

Result<std::unique_ptr<Dubber>> make_speech_pipeline(const SpeechConfig& config) {
    auto translator =
        make_translator(config.translator, config.access, config.stage_limits.translate,
                        {.glossary = config.glossary,
                         .cache = std::make_shared<TranslationCache>(),
                         .events = config.translation_events,
                         .drops_speaker_labels = config.drops_speaker_labels});
    if (!translator) {
        return tl::unexpected{std::move(translator).error()};
    }
    auto synthesizer = make_synthesizer(
        config.synthesizer, config.services, std::make_shared<const VoiceProfiles>(config.voices),
        config.stage_limits.synthesise, config.on_synthesis_failover);
    if (!synthesizer) {
        return tl::unexpected{std::move(synthesizer).error()};
    }
    auto recogniser = make_recogniser(config.recogniser, config.recognition, config.services,
                                      config.stage_limits.recognise);  // last: it takes longest
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
                               .fit_limits = config.fit_limits,
                               .on_load = config.on_load});
}

}  // namespace livedub::engines
