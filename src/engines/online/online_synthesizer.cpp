// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/online/online_synthesizer.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/mutex.hpp"
#include "engines/online/service_answer.hpp"
#include "telemetry/log.hpp"

namespace livedub::online {
namespace {

using std::chrono::milliseconds;

constexpr const char* kProbe = "OK.";
/// Whoever prepares a stream has other things to do for it.
constexpr milliseconds kProbeTime{2'000};
constexpr std::size_t kMostPrepared = 64;  // remembered: clients name languages and voices

class OnlineSynthesizer final : public speech::Synthesizer {
  public:
    OnlineSynthesizer(SpeechApi api, VoiceLookup look_up, milliseconds timeout)
        : api_{std::move(api)}, look_up_{std::move(look_up)}, timeout_{timeout} {}

    [[nodiscard]] std::string_view name() const noexcept override { return api_.name; }
    [[nodiscard]] int most_tries() const noexcept override { return api_.most_tries; }

    Result<void> prepare(std::string_view language, std::string_view voice) override {
        const auto key = fmt::format("{} {}", language, voice);
        {
            const MutexLock lock{mutex_};
            if (std::ranges::find(prepared_, key) != prepared_.end()) {
                return {};
            }
        }
        const speech::SynthesisRequest probe{
            .text = kProbe, .language = std::string{language}, .voice = std::string{voice}};
        const auto limit = std::min(timeout_, kProbeTime);
        auto tried = knows_language(probe, limit).and_then([&] {
            return ask(probe, limit, {}).map([](const PcmChunk&) {});
        });
        if (!tried) {
            if (!may_pass(tried.error())) {
                return tried;
            }
            logger("speech")->warn("synthesizer_not_answering name={} error=\"{}\"", api_.name,
                                   tried.error().message());
            return {};
        }
        const MutexLock lock{mutex_};
        if (prepared_.size() < kMostPrepared) {
            prepared_.push_back(key);
        }
        return {};
    }

    Result<PcmChunk> synthesise(const speech::SynthesisRequest& request,
                                const std::stop_token& stop) override {
        if (auto checked = speech::check(request); !checked) {
            return tl::unexpected{std::move(checked).error()};
        }
        if (request.text.find_first_not_of(" \t\r\n") == std::string::npos) {
            return fail(ErrorCode::kInvalidArgument, "the text has nothing to say");
        }
        return ask(request, timeout_, stop);
    }

  private:
    [[nodiscard]] Result<PcmChunk> ask(const speech::SynthesisRequest& request, milliseconds limit,
                                       const std::stop_token& stop) const {
        auto voice = look_up_(request.voice, request.language);
        if (!voice) {
            return tl::unexpected{std::move(voice).error()};
        }
        auto asked = api_.ask({.text = request.text,
                               .language = request.language,
                               .voice = std::move(*voice),
                               .speed = request.speed});
        if (!asked) {
            return tl::unexpected{std::move(asked).error()};
        }
        asked->stall_timeout = limit / 2;
        if (request.longest.count() > 0) {
            asked->is_enough = EnoughSpeech{request.longest, api_.raw_rate_hz};
        }
        auto page = ask_service(api_.name, std::move(*asked), limit, stop);
        if (!page) {
            return tl::unexpected{std::move(page).error()};
        }
        return read_speech(*page, api_);
    }

    /// Only a list that says otherwise is an answer; whoever may not read it, or whose list is an
    /// older one, is asked to speak all the same.
    [[nodiscard]] Result<void> knows_language(const speech::SynthesisRequest& request,
                                              milliseconds limit) const {
        auto voice = look_up_(request.voice, request.language);
        if (!voice) {
            return tl::unexpected{std::move(voice).error()};
        }
        if (!api_.ask_models) {
            return {};
        }
        const auto model = voice->model.empty() ? api_.model : voice->model;
        const auto models = ask_service(api_.name, api_.ask_models(), limit, {});
        if (models && !speaks_language(*models, model, request.language)) {
            return fail(ErrorCode::kInvalidArgument,
                        fmt::format("{}: the model {} does not speak \"{}\"", api_.name, model,
                                    request.language));
        }
        return {};
    }

    // Constant after construction.
    const SpeechApi api_;
    const VoiceLookup look_up_;
    const milliseconds timeout_;

    Mutex mutex_;
    std::vector<std::string> prepared_ LIVEDUB_GUARDED_BY(mutex_);
};

}  // namespace

std::unique_ptr<speech::Synthesizer> make_online_synthesizer(SpeechApi api, VoiceLookup look_up,
                                                             std::chrono::milliseconds timeout) {
    return std::make_unique<OnlineSynthesizer>(std::move(api), std::move(look_up), timeout);
}

}  // namespace livedub::online
