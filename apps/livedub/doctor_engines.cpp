// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "doctor_engines.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "doctor/process_family.hpp"
#include "doctor/trial.hpp"
#include "dubbing/language.hpp"
#include "engines/apertium/apertium_translator.hpp"
#include "engines/catalogue/engine_factories.hpp"
#include "engines/catalogue/inventory.hpp"
#include "engines/catalogue/recogniser_choice.hpp"
#include "file_dub/child_process.hpp"
#include "speech/samples.hpp"

namespace livedub {
namespace {

using doctor::EngineCheck;
using engines::EngineStage;
using Steady = std::chrono::steady_clock;

constexpr std::string_view kProbe = "Good evening.";

/// The last word of what `lt-proc --version` says; empty when it says nothing.
std::string lttoolbox_version() {
    auto child =
        file_dub::ChildProcess::start({"lt-proc", "--version"}, file_dub::Pipe::kFromChild);
    std::array<char, 128> text{};
    const auto size =
        child ? (*child)->read(std::as_writable_bytes(std::span{text})) : Result<std::size_t>{0};
    std::string line{text.data(), size.value_or(0)};
    line.erase(std::min(line.find('\n'), line.size()));
    const auto space = line.rfind(' ');
    return space == std::string::npos ? "" : "lttoolbox " + line.substr(space + 1);
}

/// Of one that is not tried. Some do more than one thing.
std::string what_a_service_does(EngineStage stage) {
    switch (stage) {
        case EngineStage::kRecognise:
            return "recognises over HTTP";
        case EngineStage::kTranslate:
            return "translates over HTTP";
        case EngineStage::kSpeak:
            return "speaks over HTTP";
    }
    return {};
}

class Inspector {
  public:
    Inspector(const UpConfig& config, Measuring measuring, const OnProgress& on_progress)
        : config_{config}, measuring_{measuring}, on_progress_{on_progress} {}

    EngineInspection run() {
        // The synthesizer first: the others are tried with what it says.
        const auto synthesizers = engines::chosen_synthesizers(
            config_.speech.synthesizer, config_.speech.services, config_.stream.target_language);
        auto speaking = inspect(EngineStage::kSpeak, synthesizers,
                                [this](EngineCheck& check) { return load_synthesizer(check); });
        choose_recogniser();
        auto recognising = inspect(EngineStage::kRecognise, recogniser_,
                                   [this](EngineCheck& check) { return load_recogniser(check); });
        auto translating = inspect(EngineStage::kTranslate, config_.speech.translator,
                                   [this](EngineCheck& check) { return load_translator(check); });

        EngineInspection inspection;
        inspection.session_mib = session_mib_;
        for (auto* checks : {&recognising, &translating, &speaking}) {
            inspection.checks.insert(inspection.checks.end(), checks->begin(), checks->end());
        }
        for (const auto& check : inspection.checks) {
            if (check.is_used && check.cost) {
                inspection.stages.push_back(*check.cost);
            }
        }
        const auto is_unmeasured = [](const auto& it) { return it.is_used && !it.cost; };
        if (std::ranges::any_of(inspection.checks, is_unmeasured)) {
            inspection.stages.clear();
        }
        return inspection;
    }

  private:
    /// The known engines of one stage; the one that the settings choose is loaded and tried.
    template <typename Load>
    std::vector<EngineCheck> inspect(EngineStage stage, const std::string& setting, Load load) {
        std::vector<EngineCheck> checks;
        for (const auto& known : engines::known_engines()) {
            if (known.stage != stage) {
                continue;
            }
            EngineCheck check{
                .name = known.name,
                .stage = static_cast<doctor::Stage>(known.stage),
                .is_in_build = known.is_in_build,
                .is_used = is_needed(stage) && is_chosen(stage, setting, known.name),
                .version = known.version,
                .detail = known.is_service ? what_a_service_does(stage) : known.what_it_needs,
                .package = known.package};
            if (known.name == "coqui" && config_.speech.services.coqui_url.empty()) {
                check.detail = engines::local_voices_line(config_.speech.services.local_voices);
            }
            if (known.name == "whisper" && check.is_in_build && !check.is_used) {
                check.detail = why_recogniser_;
            }
            if (check.is_used && check.is_in_build) {
                if (auto loaded = timed(check, load); !loaded) {
                    check.problem = std::move(loaded).error();
                }
            }
            checks.push_back(std::move(check));
        }
        return checks;
    }

    template <typename Load>
    Result<void> timed(EngineCheck& check, Load load) {
        on_progress_(check.name);
        const auto memory = doctor::ProcessFamily{}.memory_mib();
        auto loaded = load(check);
        if (!loaded) {
            return loaded;
        }
        check.memory_mib = std::max(0.0, doctor::ProcessFamily{}.memory_mib() - memory);
        if (check.stage == doctor::Stage::kRecognise) {
            session_mib_ = *check.memory_mib;
        }
        return loaded;
    }

    /// What "auto" stands for here is known when whisper has been tried.
    void choose_recogniser() {
        recogniser_ = config_.speech.recogniser;
        if (recogniser_ != "auto" || !is_needed(EngineStage::kRecognise)) {
            return;
        }
        on_progress_("whisper");
        const auto chosen = engines::choose_recogniser(
            config_.speech.recognition,
            {.whisper = engines::make_whisper, .pocketsphinx = [] { return nullptr; }});
        if (chosen) {
            recogniser_ = chosen->engine;
            why_recogniser_ = chosen->why;
        }
    }

    [[nodiscard]] bool is_needed(EngineStage stage) const {
        const auto& stream = config_.stream;
        return stream.mode == StreamMode::kDub &&
               (stage != EngineStage::kTranslate ||
                !is_same_language(stream.source_language, stream.target_language));
    }

    static bool is_chosen(EngineStage stage, const std::string& setting, const std::string& name) {
        const auto names = engines::chosen_engines(stage, setting);
        return std::ranges::find(names, name) != names.end();
    }

    [[nodiscard]] bool is_full() const { return measuring_ == Measuring::kFull; }

    static void note_load(EngineCheck& check, Steady::time_point begin) {
        check.load = std::chrono::ceil<std::chrono::milliseconds>(Steady::now() - begin);
    }

    static Result<void> note_cost(EngineCheck& check, Result<doctor::Cost> cost) {
        if (!cost) {
            return tl::unexpected{std::move(cost).error()};
        }
        check.cost = *cost;
        return {};
    }

    Result<void> load_synthesizer(EngineCheck& check) {
        const auto& stream = config_.stream;
        const auto begin = Steady::now();
        const auto& speech = config_.speech;
        auto made =
            engines::make_synthesizer(check.name, speech.services,
                                      std::make_shared<const engines::VoiceProfiles>(speech.voices),
                                      speech.stage_limits.synthesise);
        if (!made) {
            return tl::unexpected{std::move(made).error()};
        }
        if (auto ready = (*made)->prepare(stream.target_language, stream.voice); !ready) {
            return ready;
        }
        // To prepare lets off a service that may be back later; before air it is to be there.
        if (auto tried = (*made)->synthesise({.text = std::string{kProbe},
                                              .language = stream.target_language,
                                              .voice = stream.voice},
                                             {});
            !tried) {
            return tl::unexpected{std::move(tried).error()};
        }
        note_load(check, begin);
        if (check.name == "espeak") {
            check.detail = fmt::format("{} languages", engines::espeak_languages().size());
        } else if (check.name != "coqui" || !speech.services.coqui_url.empty()) {
            check.detail = stream.target_language;
        }
        if (!is_full()) {
            return {};
        }
        if (auto sample = doctor::speak_sample(**made, stream.source_language)) {
            sample_ = std::move(*sample);
        }
        return note_cost(check,
                         doctor::try_synthesizer(**made, {.text = std::string{doctor::kSampleText},
                                                          .language = stream.target_language,
                                                          .voice = stream.voice}));
    }

    Result<void> load_recogniser(EngineCheck& check) {
        const auto& language = config_.stream.source_language;
        const auto begin = Steady::now();
        auto made = engines::make_recogniser(check.name, config_.speech.recognition,
                                             config_.speech.services,
                                             config_.speech.stage_limits.recognise);
        if (!made) {
            return tl::unexpected{std::move(made).error()};
        }
        check.detail = (*made)->name();
        if (!(*made)->supports(language)) {
            return fail(ErrorCode::kInvalidArgument,
                        fmt::format("{} does not recognise \"{}\"", (*made)->name(), language));
        }
        auto session = (*made)->open_session({.language = language});
        if (!session) {
            return tl::unexpected{std::move(session).error()};
        }
        // To open lets off a service that may be back later; before air it is to be there.
        if (auto tried = (*session)->transcribe(speech::second_of_silence(), {}); !tried) {
            return tl::unexpected{std::move(tried).error()};
        }
        note_load(check, begin);
        if (!is_full() || !sample_) {
            return {};
        }
        return note_cost(check, doctor::try_recogniser(**session, *sample_));
    }

    Result<void> load_translator(EngineCheck& check) {
        const speech::LanguagePair pair{.source = config_.stream.source_language,
                                        .target = config_.stream.target_language};
        const auto begin = Steady::now();
        const auto& speech = config_.speech;
        auto made =
            engines::make_translator(check.name, speech.access, speech.stage_limits.translate);
        if (!made) {
            return tl::unexpected{std::move(made).error()};
        }
        // Its programs run on, and are counted.
        const auto& translator = translators_.emplace_back(std::move(*made));
        if (auto ready = translator->prepare(pair); !ready) {
            return ready;
        }
        // To prepare lets off a service that may be back later; before air it is to be there.
        if (auto tried = translator->translate({.text = std::string{kProbe}, .pair = pair}, {});
            !tried) {
            return tl::unexpected{std::move(tried).error()};
        }
        note_load(check, begin);
        check.detail = fmt::format("{} > {}", pair.source, pair.target);
        if (check.name == "apertium") {
            check.version = lttoolbox_version();
            check.detail +=
                fmt::format(", {} directions installed", apertium::installed_pairs().size());
        }
        return is_full() ? note_cost(check, doctor::try_translator(*translator, pair))
                         : Result<void>{};
    }

    const UpConfig& config_;
    const Measuring measuring_;
    const OnProgress& on_progress_;

    std::string recogniser_;      // that the settings choose, never "auto" where one is needed
    std::string why_recogniser_;  // it was chosen by itself

    std::optional<PcmChunk> sample_;  // when there was somebody to speak it
    std::vector<std::unique_ptr<speech::Translator>> translators_;
    double session_mib_ = 0;
};

}  // namespace

EngineInspection inspect_engines(const UpConfig& config, Measuring measuring,
                                 const OnProgress& on_progress) {
    return Inspector{config, measuring, on_progress}.run();
}

std::optional<Error> unknown_engine(const engines::SpeechConfig& speech) {
    const auto known = engines::known_engines();
    const auto is_known = [&](EngineStage stage, const std::string& setting) {
        return std::ranges::all_of(
            engines::chosen_engines(stage, setting), [&](const std::string& name) {
                return std::ranges::any_of(
                    known, [&](const auto& it) { return it.stage == stage && it.name == name; });
            });
    };
    if (!is_known(EngineStage::kRecognise, speech.recogniser)) {
        return engines::make_recogniser(speech.recogniser, speech.recognition, speech.services,
                                        speech.stage_limits.recognise)
            .error();
    }
    if (speech.translator != "none" && !is_known(EngineStage::kTranslate, speech.translator)) {
        return engines::make_translator(speech.translator, speech.access,
                                        speech.stage_limits.translate)
            .error();
    }
    if (!is_known(EngineStage::kSpeak, speech.synthesizer)) {
        return engines::make_synthesizer(speech.synthesizer, speech.services,
                                         std::make_shared<const engines::VoiceProfiles>(),
                                         speech.stage_limits.synthesise)
            .error();
    }
    return std::nullopt;
}

}  // namespace livedub
