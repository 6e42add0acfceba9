// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/catalogue/synthesizer_chain.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "engines/catalogue/stand_ins.hpp"
#include "telemetry/log.hpp"

namespace livedub::engines {
namespace {

using speech::SynthesisRequest;
using speech::Synthesizer;

struct Speaker {
    std::string language;
    std::string voice;

    friend bool operator==(const Speaker&, const Speaker&) = default;
};

class SynthesizerChain final : public Synthesizer {
  public:
    SynthesizerChain(std::vector<std::unique_ptr<Synthesizer>> synthesizers,
                     std::shared_ptr<const VoiceProfiles> voices, std::function<void()> on_failover)
        : voices_{std::move(voices)},
          links_{"synthesizer", std::move(synthesizers), std::move(on_failover)} {}

    [[nodiscard]] std::string_view name() const noexcept override { return links_.name(); }

    [[nodiscard]] int most_tries() const noexcept override {
        const auto all = links_.engines();
        return (*std::ranges::min_element(all, {}, &Synthesizer::most_tries))->most_tries();
    }

    Result<void> prepare(std::string_view language, std::string_view voice) override {
        const auto chosen = voices_->choose(voice, language);
        if (chosen && chosen->is_substitute) {
            logger("speech")->warn("voice_of_another_language voice={} language={} used={}", voice,
                                   language, chosen->name);
        }
        return links_.prepare(
            {.language = std::string{language}, .voice = std::string{voice}},
            [&](Synthesizer& synthesizer) { return synthesizer.prepare(language, voice); });
    }

    Result<PcmChunk> synthesise(const SynthesisRequest& request,
                                const std::stop_token& stop) override {
        const auto chosen = voices_->choose(request.voice, request.language);
        return links_.ask<PcmChunk>(
            {.language = request.language, .voice = request.voice},
            chosen ? chosen->profile.provider : std::string{},
            [&](Synthesizer& synthesizer) { return synthesizer.synthesise(request, stop); });
    }

  private:
    const std::shared_ptr<const VoiceProfiles> voices_;  // shared with the links
    StandIns<Synthesizer, Speaker> links_;
};

class WithProfiles final : public Synthesizer {
  public:
    WithProfiles(std::unique_ptr<Synthesizer> engine, std::shared_ptr<const VoiceProfiles> voices)
        : voices_{std::move(voices)}, engine_{std::move(engine)} {}

    [[nodiscard]] std::string_view name() const noexcept override { return engine_->name(); }
    [[nodiscard]] int most_tries() const noexcept override { return engine_->most_tries(); }

    Result<void> prepare(std::string_view language, std::string_view voice) override {
        return engine_->prepare(language, known(voice, language));
    }

    Result<PcmChunk> synthesise(const SynthesisRequest& request,
                                const std::stop_token& stop) override {
        auto asked = request;
        asked.voice = known(request.voice, request.language);
        if (const auto chosen = voices_->choose(request.voice, request.language)) {
            asked.speed *= chosen->profile.speed;
        }
        return engine_->synthesise(asked, stop);
    }

  private:
    [[nodiscard]] std::string known(std::string_view voice, std::string_view language) const {
        return voices_->resolve(std::string{voice}, language).value_or(std::string{voice});
    }

    const std::shared_ptr<const VoiceProfiles> voices_;  // shared with other engines
    const std::unique_ptr<Synthesizer> engine_;
};

}  // namespace

std::unique_ptr<speech::Synthesizer> make_synthesizer_chain(
    std::vector<std::unique_ptr<speech::Synthesizer>> synthesizers,
    std::shared_ptr<const VoiceProfiles> voices, std::function<void()> on_failover) {
    return std::make_unique<SynthesizerChain>(std::move(synthesizers), std::move(voices),
                                              std::move(on_failover));
}

std::unique_ptr<speech::Synthesizer> with_profiles(std::unique_ptr<speech::Synthesizer> engine,
                                                   std::shared_ptr<const VoiceProfiles> voices) {
    return std::make_unique<WithProfiles>(std::move(engine), std::move(voices));
}

online::VoiceLookup voices_of(std::shared_ptr<const VoiceProfiles> voices, std::string provider) {
    return [voices = std::move(voices), provider = std::move(provider)](
               std::string_view name, std::string_view language) -> Result<online::Voice> {
        auto chosen = voices->choose(name, language);
        if (!chosen) {
            return fail(ErrorCode::kInvalidArgument,
                        fmt::format("there is no voice profile \"{}\"", name));
        }
        auto& profile = chosen->profile;
        if (!profile.provider.empty() && profile.provider != provider) {
            return online::Voice{};
        }
        // The shipped names are those of espeak's timbres.
        return online::Voice{
            .id = is_shipped_voice(profile.voice_id) ? "" : std::move(profile.voice_id),
            .model = std::move(profile.model),
            .speaker = std::move(profile.speaker),
            .speed = profile.speed};
    };
}

vits::WishLookup wishes_of(std::shared_ptr<const VoiceProfiles> voices) {
    return [look_up = voices_of(std::move(voices), "coqui")](
               std::string_view name, std::string_view language) -> Result<vits::VoiceWish> {
        auto voice = look_up(name, language);
        if (!voice) {
            return tl::unexpected{std::move(voice).error()};
        }
        return vits::VoiceWish{.model = std::move(voice->model),
                               .speaker = std::move(voice->speaker),
                               .speed = voice->speed};
    };
}

}  // namespace livedub::engines
