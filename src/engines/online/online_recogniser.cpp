// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/online/online_recogniser.hpp"

#include <algorithm>
#include <atomic>
#include <cctype>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/mutex.hpp"
#include "clips/clip.hpp"
#include "engines/online/service_answer.hpp"
#include "speech/samples.hpp"
#include "telemetry/log.hpp"

namespace livedub::online {
namespace {

using std::chrono::milliseconds;

constexpr const char* kName = "openai-compatible";

/// Whoever prepares a stream has other things to do for it.
constexpr milliseconds kProbeTime{2'000};
constexpr std::size_t kMostTried = 64;  // remembered languages: clients name them

constexpr StreamDuration kShortest = milliseconds{100};
constexpr StreamDuration kLongest = std::chrono::seconds{60};

/// Asks; shared by the sessions of a model. Thread-safe.
class Asking {
  public:
    Asking(TranscriptionService service, milliseconds timeout)
        : service_{std::move(service)}, timeout_{timeout} {}

    [[nodiscard]] const TranscriptionService& service() const { return service_; }

    Result<std::vector<Phrase>> ask(const PcmChunk& speech, const std::string& language,
                                    const std::string& prompt, milliseconds limit,
                                    const std::stop_token& stop) {
        limit = std::min(limit, timeout_);
        auto wav = clips::encode_clip(speech, clips::ClipFormat::kWav, stop);
        if (!wav) {
            return tl::unexpected{std::move(wav).error()};
        }
        TranscriptionQuestion question{.wav = *wav,
                                       .language = language,
                                       .prompt = prompt,
                                       .detail = has_no_detail_ ? Detail::kText : Detail::kWords};
        auto page = ask_service(kName, transcription_request(service_, question), limit, stop);
        if (page && question.detail == Detail::kWords && refuses_detail(*page)) {
            question.detail = Detail::kText;
            page = ask_service(kName, transcription_request(service_, question), limit, stop);
            if (page && page->status == kOk && !has_no_detail_.exchange(true)) {
                logger("speech")->warn("transcriptions_without_times name={} model={}", kName,
                                       service_.model);
            }
        }
        if (!page) {
            return tl::unexpected{std::move(page).error()};
        }
        return read_transcription(*page, kName, speech.start(), speech.duration());
    }

    Result<void> try_language(const std::string& language) LIVEDUB_EXCLUDES(mutex_) {
        {
            const MutexLock lock{mutex_};
            if (std::ranges::find(tried_, language) != tried_.end()) {
                return {};
            }
        }
        if (auto heard = ask(speech::second_of_silence(), language, "", kProbeTime, {}); !heard) {
            if (!may_pass(heard.error())) {
                return tl::unexpected{std::move(heard).error()};
            }
            logger("speech")->warn("recogniser_not_answering name={} error=\"{}\"", kName,
                                   heard.error().message());
            return {};
        }
        const MutexLock lock{mutex_};
        if (tried_.size() < kMostTried) {
            tried_.push_back(language);
        }
        return {};
    }

  private:
    // Constant after construction.
    const TranscriptionService service_;
    const milliseconds timeout_;

    std::atomic<bool> has_no_detail_ = false;

    Mutex mutex_;
    std::vector<std::string> tried_ LIVEDUB_GUARDED_BY(mutex_);
};

class Session final : public speech::TranscriptionSession {
  public:
    Session(Asking& asking, const speech::TranscriptionOptions& options)
        : asking_{asking}, options_{options} {}

    Result<std::vector<Phrase>> transcribe(const PcmChunk& speech,
                                           const std::stop_token& stop) override {
        if (speech.format() != speech::kRecognitionFormat) {
            return fail(ErrorCode::kInvalidArgument,
                        fmt::format("{} Hz, {} channels: recognition needs 16 kHz mono",
                                    speech.format().sample_rate_hz, speech.format().channels));
        }
        if (speech.duration() < kShortest || speech.duration() > kLongest) {
            return fail(ErrorCode::kInvalidArgument,
                        fmt::format("{} frames: recognition takes 0.1 s to 60 s", speech.frames()));
        }
        auto words =
            asking_.ask(speech, options_.language,
                        transcription_prompt(options_.domain_hints, before_), kLongestWait, stop);
        // What was heard last; after silence, or an error, what was said before may be long ago.
        before_.clear();
        if (words) {
            for (const auto& word : *words) {
                before_ += (before_.empty() ? "" : " ") + word.text;
            }
        }
        return words;
    }

  private:
    static constexpr milliseconds kLongestWait = milliseconds::max();  // the model has its own

    Asking& asking_;  // the model's, which outlives its sessions

    const speech::TranscriptionOptions options_;  // constant after construction

    std::string before_;
};

class Model final : public speech::TranscriptionModel {
  public:
    Model(TranscriptionService service, milliseconds timeout)
        : name_{fmt::format("{}:{}", kName, service.model)}, asking_{std::move(service), timeout} {}

    [[nodiscard]] std::string_view name() const noexcept override { return name_; }

    /// Which ones it knows the service says when it is asked; "auto" it is not told of.
    [[nodiscard]] bool supports(std::string_view language) const override {
        const auto primary = primary_language(language);
        const auto is_letter = [](unsigned char c) { return std::isalpha(c) != 0; };
        return (primary.size() == 2 || primary.size() == 3) &&
               std::ranges::all_of(primary, is_letter);
    }

    [[nodiscard]] Result<std::unique_ptr<speech::TranscriptionSession>> open_session(
        const speech::TranscriptionOptions& options) const override {
        if (auto tried = asking_.try_language(primary_language(options.language)); !tried) {
            return tl::unexpected{std::move(tried).error()};
        }
        return std::make_unique<Session>(asking_, options);
    }

  private:
    const std::string name_;  // constant after construction
    mutable Asking asking_;   // thread-safe
};

}  // namespace

std::unique_ptr<speech::TranscriptionModel> make_online_recogniser(
    TranscriptionService service, std::chrono::milliseconds timeout) {
    return std::make_unique<Model>(std::move(service), timeout);
}

}  // namespace livedub::online
