// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/vits/vits_synthesizer.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/mutex.hpp"
#include "dubbing/language.hpp"
#include "engines/vits/config_reader.hpp"
#include "engines/vits/symbol_ids.hpp"
#include "engines/vits/text_parts.hpp"
#include "speech/deadline_watch.hpp"
#include "speech/time_share.hpp"
#include "speech/trim_silence.hpp"

namespace livedub::vits {
namespace {

// Beyond these a voice that was trained at its natural rate is not to be understood.
constexpr double kSlowest = 0.4;
constexpr double kFastest = 2.5;

constexpr double kPauseSeconds = 0.2;  // between sentences, at natural speed
constexpr std::size_t kMostSecondsOfSentence = 120;

/// For the word that a voice is tried with. A graph that takes longer is of no use on air.
constexpr std::chrono::seconds kMostTrial{30};

/// A voice, and its graph from the first time that it is prepared. Thread-safe.
class Voice {
  public:
    explicit Voice(VoiceFiles files)
        : files_{std::move(files)},
          config_{load_voice_config(files_.config)},
          failure_{ErrorCode::kUnavailable, fmt::format("the voice {} is not loaded", name())} {}

    [[nodiscard]] const std::string& name() const noexcept { return files_.name; }
    [[nodiscard]] const Result<VoiceConfig>& config() const noexcept { return config_; }

    [[nodiscard]] bool is_called(std::string_view name) const {
        return name == files_.name || name == files_.model.filename().string();
    }

    /// By its configuration, else by its name: "es_ES-...".
    [[nodiscard]] std::string language() const {
        if (config_ && !config_->language.empty()) {
            return config_->language;
        }
        const bool has_several = config_ && !config_->languages.empty();
        return has_several ? "" : tag_of(files_.name.substr(0, files_.name.find('-')));
    }

    /// The number that it has for `language`; nullopt: it speaks another one.
    [[nodiscard]] std::optional<std::int64_t> language_id(std::string_view language) const {
        if (config_) {
            for (const auto& [name, id] : config_->languages) {
                if (is_same_language(tag_of(name), language)) {
                    return id;
                }
            }
            if (!config_->languages.empty()) {
                return std::nullopt;
            }
        }
        return is_same_language(this->language(), language) ? std::optional<std::int64_t>{0}
                                                            : std::nullopt;
    }

    /// Loads it where it is not yet; one that could not be loaded is tried again. Waits for
    /// another thread that does.
    Result<const WaveModel*> prepare(const LoadWaveModel& load) LIVEDUB_EXCLUDES(mutex_) {
        {
            const MutexLock lock{mutex_};
            loaded_.wait(mutex_, [this]() LIVEDUB_REQUIRES(mutex_) { return !is_loading_; });
            if (model_) {
                return model_.get();
            }
            is_loading_ = true;
        }
        auto loaded = load(files_.model);
        Result<const WaveModel*> result{nullptr};
        {
            const MutexLock lock{mutex_};
            is_loading_ = false;
            if (loaded) {
                model_ = std::move(*loaded);
                result = model_.get();
            } else {
                failure_ = loaded.error();
                result = tl::unexpected{std::move(loaded).error()};
            }
        }
        loaded_.notify_all();
        return result;
    }

    /// What prepare() loaded, or why it did not. Does not wait for it.
    Result<const WaveModel*> model() LIVEDUB_EXCLUDES(mutex_) {
        const MutexLock lock{mutex_};
        return model_ ? Result<const WaveModel*>{model_.get()} : tl::unexpected{failure_};
    }

    /// Whether a speaker has been tried and is good.
    bool is_tried(std::int64_t speaker) LIVEDUB_EXCLUDES(mutex_) {
        const MutexLock lock{mutex_};
        return tried_.contains(speaker);
    }
    void note_tried(std::int64_t speaker) LIVEDUB_EXCLUDES(mutex_) {
        const MutexLock lock{mutex_};
        tried_.insert(speaker);
    }

  private:
    // Constant after construction.
    const VoiceFiles files_;
    const Result<VoiceConfig> config_;

    Mutex mutex_;
    bool is_loading_ LIVEDUB_GUARDED_BY(mutex_) = false;
    std::unique_ptr<const WaveModel> model_ LIVEDUB_GUARDED_BY(mutex_);  // once set it stays
    Error failure_ LIVEDUB_GUARDED_BY(mutex_);                           // while there is no model
    std::set<std::int64_t> tried_ LIVEDUB_GUARDED_BY(mutex_);            // of its speakers
    std::condition_variable_any loaded_;
};

/// Who speaks, and how.
struct Speaker {
    Voice* voice = nullptr;
    const WaveModel* model = nullptr;  // the voice's
    std::int64_t speaker = 0;
    std::int64_t language = 0;
    double speed = 1.0;
};

std::optional<std::int64_t> speaker_id(const VoiceConfig& config, const std::string& name) {
    if (name.empty()) {
        return 0;
    }
    if (const auto found = config.speakers.find(name); found != config.speakers.end()) {
        return found->second;
    }
    std::int64_t number = -1;
    const auto* const end = name.data() + name.size();
    const auto parsed = std::from_chars(name.data(), end, number);
    const bool is_one = parsed.ec == std::errc{} && parsed.ptr == end && number >= 0 &&
                        number < config.speaker_count;
    return is_one ? std::optional{number} : std::nullopt;
}

std::string known_speakers(const VoiceConfig& config) {
    constexpr std::size_t kMost = 20;
    std::vector<std::string> names;
    for (const auto& [name, id] : config.speakers) {
        names.push_back(name);
    }
    if (names.empty()) {
        return fmt::format("0 to {}", config.speaker_count - 1);
    }
    const bool are_all = names.size() <= kMost;
    names.resize(std::min(names.size(), kMost));
    return fmt::format("{}{}", fmt::join(names, ", "), are_all ? "" : ", ...");
}

/// Errors: kInternal when it is no sound.
Result<void> append(std::vector<std::int16_t>& samples, const std::vector<float>& wave) {
    constexpr float kFullScale = 32'767.0F;
    for (const float value : wave) {
        if (!std::isfinite(value)) {
            return fail(ErrorCode::kInternal, "the voice made what is no sound");
        }
        samples.push_back(
            static_cast<std::int16_t>(std::lround(std::clamp(value, -1.0F, 1.0F) * kFullScale)));
    }
    return {};
}

class VitsSynthesizer final : public speech::Synthesizer {
  public:
    VitsSynthesizer(const std::vector<VoiceFiles>& voices, VitsParts parts)
        : parts_{std::move(parts)} {
        for (const auto& files : voices) {
            voices_.emplace_back(files);
        }
    }

    [[nodiscard]] std::string_view name() const noexcept override { return "coqui"; }
    // Its own speed comes close, and each time costs as much as the first.
    [[nodiscard]] int most_tries() const noexcept override { return 3; }

    Result<void> prepare(std::string_view language, std::string_view voice) override {
        auto chosen =
            speaker_of(voice, language, [this](Voice& it) { return it.prepare(parts_.load); });
        if (!chosen) {
            return tl::unexpected{std::move(chosen).error()};
        }
        if (chosen->voice->is_tried(chosen->speaker)) {
            return {};
        }
        const speech::TimeShare share{watch_, std::chrono::steady_clock::now() + kMostTrial, {}};
        return share.told(try_out(*chosen, share.stop()), "a word was not spoken in 30 s")
            .map_error([&](Error&& error) {
                return error.code() == ErrorCode::kInternal
                           ? Error{ErrorCode::kUnavailable,
                                   fmt::format("the voice {} cannot be used: {}",
                                               chosen->voice->name(), error.message())}
                           : std::move(error);
            });
    }

    Result<PcmChunk> synthesise(const speech::SynthesisRequest& request,
                                const std::stop_token& stop) override {
        const speech::TimeShare share{watch_, std::chrono::steady_clock::now() + parts_.timeout,
                                      stop};
        return share.told(speak_all(request, share.stop()),
                          "the voice was not finished in its time");
    }

  private:
    Result<PcmChunk> speak_all(const speech::SynthesisRequest& request,
                               const std::stop_token& stop) {
        if (auto checked = speech::check(request); !checked) {
            return tl::unexpected{std::move(checked).error()};
        }
        auto speaker =
            speaker_of(request.voice, request.language, [](Voice& voice) { return voice.model(); });
        if (!speaker) {
            return tl::unexpected{std::move(speaker).error()};
        }
        speaker->speed = std::clamp(speaker->speed * request.speed, kSlowest, kFastest);
        const int rate = speaker->voice->config()->sample_rate_hz;
        const auto pause = static_cast<std::size_t>(kPauseSeconds * rate / speaker->speed);
        std::vector<std::int16_t> all;
        for (const auto& sentence : sentences_of(request.text)) {
            auto spoken = speak(sentence, *speaker, stop);
            if (!spoken) {
                return tl::unexpected{std::move(spoken).error()};
            }
            if (!all.empty() && !spoken->empty()) {
                all.resize(all.size() + pause);
            }
            all.insert(all.end(), spoken->begin(), spoken->end());
        }
        if (all.empty()) {
            return fail(ErrorCode::kInvalidArgument, "the text has nothing to say");
        }
        return PcmChunk::make(StreamTime{}, {.sample_rate_hz = rate, .channels = 1},
                              std::move(all));
    }

    /// @param model_of Result<const WaveModel*>(Voice&); asked when all else is right.
    template <typename ModelOf>
    Result<Speaker> speaker_of(std::string_view profile, std::string_view language,
                               const ModelOf& model_of) {
        auto wish = parts_.look_up(profile, language);
        if (!wish) {
            return tl::unexpected{std::move(wish).error()};
        }
        auto* const voice = wish->model.empty() ? voice_for(language) : voice_called(wish->model);
        if (voice == nullptr) {
            return fail(ErrorCode::kInvalidArgument,
                        wish->model.empty()
                            ? fmt::format("there is no voice for the language \"{}\"", language)
                            : fmt::format("there is no voice \"{}\" (there are: {})", wish->model,
                                          names()));
        }
        if (!voice->config()) {
            return tl::unexpected{voice->config().error()};
        }
        const auto spoken = voice->language_id(language);
        if (!spoken) {
            return fail(ErrorCode::kInvalidArgument,
                        fmt::format("the voice {} does not speak \"{}\"", voice->name(), language));
        }
        const auto no_speaker = [&] {
            return fail(
                ErrorCode::kInvalidArgument,
                fmt::format("the voice {} has no speaker \"{}\" (allowed: {})", voice->name(),
                            wish->speaker, known_speakers(*voice->config())));
        };
        const auto speaker = speaker_id(*voice->config(), wish->speaker);
        if (!speaker) {
            return no_speaker();
        }
        const auto model = model_of(*voice);
        if (!model) {
            return tl::unexpected{model.error()};
        }
        if (*speaker > 0 && !(*model)->has_speakers()) {
            return no_speaker();
        }
        return Speaker{.voice = voice,
                       .model = *model,
                       .speaker = *speaker,
                       .language = *spoken,
                       .speed = wish->speed};
    }

    Voice* voice_called(std::string_view name) {
        const auto found = std::ranges::find_if(
            voices_, [&](const Voice& voice) { return voice.is_called(name); });
        return found == voices_.end() ? nullptr : &*found;
    }

    Voice* voice_for(std::string_view language) {
        const auto tag = lower_tag(language);
        Voice* of_language = nullptr;
        for (auto& voice : voices_) {
            if (voice.language() == tag) {
                return &voice;
            }
            if (of_language == nullptr && voice.language_id(tag)) {
                of_language = &voice;
            }
        }
        return of_language;
    }

    [[nodiscard]] std::string names() const {
        std::vector<std::string> all;
        for (const auto& voice : voices_) {
            all.push_back(voice.name());
        }
        return fmt::format("{}", fmt::join(all, ", "));
    }

    /// A word, by the speaker that was chosen; where the voice does not know its letters, what it
    /// does know.
    ///
    /// Errors: kInternal when that makes no sound; those of speaking.
    [[nodiscard]] Result<void> try_out(const Speaker& speaker, const std::stop_token& stop) const {
        const auto& config = *speaker.voice->config();
        auto symbols = ids_of({{.words = "OK", .sign = '.'}}, config, stop);
        if (!symbols) {
            return tl::unexpected{std::move(symbols).error()};
        }
        if (symbols->known == 0) {
            symbols->ids = config.before;
            for (const auto* part : {&config.symbols.begin()->second, &config.at_end}) {
                symbols->ids.insert(symbols->ids.end(), part->begin(), part->end());
            }
        }
        const auto wave = wave_of(std::move(symbols->ids), speaker, stop);
        if (!wave) {
            return tl::unexpected{wave.error()};
        }
        if (wave->empty() ||
            !std::ranges::all_of(*wave, [](float value) { return std::isfinite(value); })) {
            return fail(ErrorCode::kInternal, "it made what is no sound");
        }
        speaker.voice->note_tried(speaker.speaker);
        return {};
    }

    [[nodiscard]] static Result<std::vector<float>> wave_of(Ids ids, const Speaker& speaker,
                                                            const std::stop_token& stop) {
        const auto& config = *speaker.voice->config();
        const auto rate = static_cast<std::size_t>(config.sample_rate_hz);
        return speaker.model->speak({.ids = std::move(ids),
                                     .noise = config.noise,
                                     .length = static_cast<float>(config.length / speaker.speed),
                                     .duration_noise = config.duration_noise,
                                     .speaker = speaker.speaker,
                                     .language = speaker.language,
                                     .most_samples = rate * kMostSecondsOfSentence},
                                    stop);
    }

    [[nodiscard]] Result<Symbols> ids_of(const Sentence& sentence, const VoiceConfig& config,
                                         const std::stop_token& stop) const {
        std::string text;
        for (const auto& clause : sentence) {
            if (!text.empty()) {
                text += ' ';
            }
            if (config.espeak_voice.empty()) {
                text += clause.words;
            } else {
                auto phonemes = parts_.phonemise(clause.words, config.espeak_voice, stop);
                if (!phonemes) {
                    return tl::unexpected{std::move(phonemes).error()};
                }
                text += *phonemes;
            }
            if (clause.sign != '\0') {
                text += clause.sign;
            }
        }
        return symbol_ids(text, config);
    }

    /// Without silence at either end; empty when the voice knows nothing of the sentence.
    [[nodiscard]] Result<std::vector<std::int16_t>> speak(const Sentence& sentence,
                                                          const Speaker& speaker,
                                                          const std::stop_token& stop) const {
        const auto& config = *speaker.voice->config();
        auto symbols = ids_of(sentence, config, stop);
        if (!symbols) {
            return tl::unexpected{std::move(symbols).error()};
        }
        if (symbols->known == 0) {
            return std::vector<std::int16_t>{};
        }
        const auto wave = wave_of(std::move(symbols->ids), speaker, stop);
        if (!wave) {
            return tl::unexpected{wave.error()};
        }
        std::vector<std::int16_t> samples;
        samples.reserve(wave->size());
        if (auto appended = append(samples, *wave); !appended) {
            return tl::unexpected{std::move(appended).error()};
        }
        return speech::trim_silence(std::move(samples), config.sample_rate_hz);
    }

    const VitsParts parts_;
    std::deque<Voice> voices_;  // how many there are is constant after construction

    speech::DeadlineWatch watch_;  // an entry for each call; thread-safe by itself
};

}  // namespace

std::unique_ptr<speech::Synthesizer> make_vits_synthesizer(const std::vector<VoiceFiles>& voices,
                                                           VitsParts parts) {
    return std::make_unique<VitsSynthesizer>(voices, std::move(parts));
}

bool has_voice_for(const std::vector<VoiceFiles>& voices, std::string_view language) {
    return std::ranges::any_of(voices, [&](const VoiceFiles& files) {
        return Voice{files}.language_id(language).has_value();
    });
}

std::string list_of(const std::vector<VoiceFiles>& voices) {
    std::vector<std::string> all;
    for (const auto& files : voices) {
        const Voice voice{files};
        all.push_back(voice.config() ? fmt::format("{} ({})", voice.name(), voice.language())
                                     : voice.config().error().message());
    }
    return fmt::format("{}", fmt::join(all, ", "));
}

}  // namespace livedub::vits
