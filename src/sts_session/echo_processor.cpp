// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "sts_session/echo_processor.hpp"

#include <atomic>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "sts_session/error_codes.hpp"
#include "wire/base64.hpp"

namespace livedub::sts_session {
namespace {

using std::chrono::milliseconds;

constexpr const char* kModel = "echo-mock";

}  // namespace

contract::FragmentProcessed echo(contract::FragmentData data, milliseconds elapsed) {
    contract::FragmentProcessed result;
    result.fragment_id = std::move(data.fragment_id);
    result.stream_id = std::move(data.stream_id);
    result.sequence_number = data.sequence_number;
    result.processing_time_ms = elapsed.count();
    auto& audio = data.audio;
    if (!audio.is_binary && !audio.is_proven_base64) {
        audio.is_proven_base64 = wire::is_base64(audio.data);
    }
    const bool is_sound = !audio.data.empty() && (audio.is_binary || audio.is_proven_base64);
    if (!is_sound) {
        result.status = contract::ResultStatus::kFailed;
        result.error = make_processing_error(
            "INVALID_AUDIO_FORMAT", audio.data.empty() ? "the audio is empty" : "not base64");
        result.error->stage = "asr";
        return result;
    }
    result.transcript = fmt::format("[ECHO] Original audio (seq={})", data.sequence_number);
    result.translated_text = fmt::format("[ECHO] Audio original (seq={})", data.sequence_number);
    const auto third = elapsed.count() / 3;
    result.stage_timings = {.asr = third, .translation = third, .tts = third};
    result.metadata = contract::ResultMetadata{.original_duration_ms = audio.duration_ms,
                                               .dubbed_duration_ms = audio.duration_ms,
                                               .speech_duration_ms = audio.duration_ms,
                                               .asr_model = kModel,
                                               .translation_model = kModel,
                                               .tts_model = kModel};
    result.dubbed_audio = std::move(audio);
    return result;
}

class EchoProcessor::Work final : public StreamWork {
  public:
    Work(EchoProcessor& processor, contract::Dialect dialect, OnFinished on_finished)
        : processor_{processor},
          state_{std::make_shared<State>(processor.clock_, dialect, std::move(on_finished))} {}
    ~Work() override { state_->is_closed = true; }
    Work(const Work&) = delete;
    Work& operator=(const Work&) = delete;

    void start(StartFragment job) override {
        if (processor_.delay_.count() == 0) {
            state_->answer(job);
            return;
        }
        // From the receipt: those of one stream wait side by side.
        const auto due = job.received + processor_.delay_;
        // Shared with the call, which std::function copies.
        auto shared = std::make_shared<StartFragment>(std::move(job));
        // Never disarmed: it is short, and a closed stream's does nothing.
        (void)processor_.watch_.arm(due, [state = state_, shared] { state->answer(*shared); });
    }

  private:
    struct State {
        State(const Clock& with_clock, contract::Dialect speaking, OnFinished finished)
            : clock{with_clock}, dialect{speaking}, on_finished{std::move(finished)} {}

        void answer(StartFragment& job) const {
            if (is_closed) {
                return;
            }
            FinishedFragment finished;
            finished.result =
                echo(std::move(job.data),
                     std::chrono::duration_cast<milliseconds>(clock.now() - job.received));
            encode(finished, dialect);
            on_finished(job.serial, std::move(finished));
        }

        const Clock& clock;
        const contract::Dialect dialect;
        const OnFinished on_finished;
        std::atomic<bool> is_closed{false};
    };

    EchoProcessor& processor_;  // outlives this
    // Shared with answers that are due.
    const std::shared_ptr<State> state_;
};

EchoProcessor::EchoProcessor(const Clock& clock, milliseconds delay)
    : clock_{clock}, delay_{delay} {}

void EchoProcessor::open(const OpenStream& request, OnFinished on_finished, OnOpened on_opened) {
    on_opened(std::make_unique<Work>(*this, request.init.dialect, std::move(on_finished)));
}

}  // namespace livedub::sts_session
