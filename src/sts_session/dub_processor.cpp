// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "sts_session/dub_processor.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "clips/clip.hpp"
#include "sts_session/dub_result.hpp"
#include "sts_session/error_codes.hpp"
#include "sts_session/output_shape.hpp"
#include "telemetry/log.hpp"
#include "wire/base64.hpp"

namespace livedub::sts_session {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;

contract::ProcessingError bad_audio(std::string message) {
    auto error = make_processing_error("INVALID_AUDIO_FORMAT", std::move(message));
    error.stage = "asr";
    return error;
}

contract::ProcessingError pipeline_error(std::string_view code, std::string message) {
    auto error = make_processing_error(code, std::move(message));
    error.stage = "pipeline";
    return error;
}

/// The fragment's sound as it is, whatever its labels say.
tl::expected<clips::DecodedClip, contract::ProcessingError> decode(const contract::Audio& audio) {
    const auto format = clips::parse_clip_format(audio.format);
    if (!format) {
        return tl::unexpected{bad_audio(format.error().message())};
    }
    std::string decoded;
    if (!audio.is_binary) {
        auto bytes = wire::decode_base64(audio.data);
        if (!bytes) {
            return tl::unexpected{bad_audio("base64: " + bytes.error().message())};
        }
        decoded = std::move(*bytes);
    }
    auto clip = clips::decode_clip(
        audio.is_binary ? audio.data : decoded,
        {.format = *format,
         .pcm = {.sample_rate_hz = audio.sample_rate_hz, .channels = audio.channels},
         .duration = milliseconds{audio.is_duration_stated ? audio.duration_ms : 0}});
    if (!clip) {
        return tl::unexpected{bad_audio(clip.error().message())};
    }
    if (clip->sound.frames() == 0) {
        return tl::unexpected{bad_audio("there is no sound in it")};
    }
    return std::move(*clip);
}

bool is_given_up(const OpenStream& request) {
    return request.is_given_up != nullptr && *request.is_given_up;
}

Refusal refusal_of(const Error& error) {
    return {.code = error.code() == ErrorCode::kInvalidArgument ? "UNSUPPORTED_LANGUAGE"
                                                                : "MODEL_ERROR",
            .message = error.message()};
}

}  // namespace

/// One stream's work. All members are called on its line, but for those that say otherwise.
class DubProcessor::Stream final : public std::enable_shared_from_this<Stream> {
  public:
    Stream(DubProcessor& processor, const OpenStream& request, OnFinished on_finished)
        : processor_{processor},
          init_{request.init},
          is_binary_{request.is_binary},
          on_finished_{std::move(on_finished)} {}

    [[nodiscard]] tl::expected<void, Refusal> open(Dubber& dubber);
    void decode_and_dub(StartFragment& job);
    void encode_and_tell(DubOutcome outcome);

    /// Any thread.
    void post(WorkerPool::Task task) { processor_.pool_.post(line_, std::move(task)); }
    void close();
    /// When no task can run any more.
    void abandon() { session_.reset(); }

  private:
    /// What is remembered of a fragment while it is being dubbed.
    struct Asked {
        std::string fragment_id;
        std::string stream_id;
        std::int64_t sequence_number = 0;
        SteadyTime received;
        PcmChunk sound;
    };

    void tell(std::uint64_t serial, contract::FragmentProcessed result, const Asked& asked);
    void keep(DubOutcome& outcome, const contract::FragmentProcessed& result, Asked& asked) const;
    void tell_failure(const StartFragment& job, contract::ProcessingError error);

    // Given at construction; outlives this.
    DubProcessor& processor_;

    // Constant after construction, but for the names, which open() sets.
    const contract::StreamInit init_;
    const bool is_binary_;
    const OnFinished on_finished_;
    const WorkerPool::LinePtr line_ = WorkerPool::make_line();
    EngineNames engines_;

    std::atomic<bool> is_closed_{false};

    // Only tasks of the line touch these.
    std::optional<OutputShape> output_;
    std::map<std::uint64_t, Asked> asked_;  // at most max_inflight
    std::unique_ptr<DubSession> session_;
};

tl::expected<void, Refusal> DubProcessor::Stream::open(Dubber& dubber) {
    auto voice = processor_.config_.resolve_voice(init_.voice_profile, init_.target_language);
    if (!voice) {
        return tl::unexpected{Refusal{
            .code = "INVALID_VOICE_PROFILE",
            .message = fmt::format("there is no voice profile \"{}\"", init_.voice_profile)}};
    }
    DubOptions options{.stream_id = init_.stream_id,
                       .source_language = init_.source_language,
                       .target_language = init_.target_language,
                       .voice = std::move(*voice),
                       .domain_hints = init_.domain_hints,
                       .segment = milliseconds{init_.chunk_duration_ms}};
    const auto on_outcome = [weak = weak_from_this()](DubOutcome outcome) {
        if (const auto stream = weak.lock()) {
            // Shared with the task, which std::function copies.
            auto shared = std::make_shared<DubOutcome>(std::move(outcome));
            stream->post([stream, shared] { stream->encode_and_tell(std::move(*shared)); });
        }
    };
    auto session = dubber.open(std::move(options), on_outcome);
    if (!session) {
        return tl::unexpected{refusal_of(session.error())};
    }
    engines_ = dubber.engines();
    session_ = std::move(*session);
    return {};
}

void DubProcessor::Stream::decode_and_dub(StartFragment& job) {
    if (is_closed_) {
        return;
    }
    auto clip = decode(job.data.audio);
    if (!clip) {
        tell_failure(job, std::move(clip.error()));
        return;
    }
    if (clip->is_label_wrong) {
        processor_.config_.on_label_mismatch();
    }
    if (!output_) {
        output_ = choose_output(init_, is_binary_, clip->sound.format());
    }
    const auto serial = job.serial;
    Asked asked{.fragment_id = std::move(job.data.fragment_id),
                .stream_id = std::move(job.data.stream_id),
                .sequence_number = job.data.sequence_number,
                .received = job.received,
                .sound = std::move(clip->sound)};
    const auto& kept = asked_.insert_or_assign(serial, std::move(asked)).first->second;
    session_->request({.number = serial, .audio = kept.sound, .clip = nullptr}, job.deadline);
}

void DubProcessor::Stream::encode_and_tell(DubOutcome outcome) {
    auto found = asked_.extract(outcome.fragment);
    if (is_closed_ || found.empty()) {
        return;
    }
    auto& asked = found.mapped();
    auto result =
        describe_outcome(outcome, engines_, duration_cast<milliseconds>(asked.sound.duration()));
    if (result.status != contract::ResultStatus::kFailed) {
        auto audio = encode_output(
            outcome.dub ? *outcome.dub : make_silence(asked.sound, output_->pcm), *output_);
        if (audio) {
            result.metadata->dubbed_duration_ms = audio->duration_ms;
            result.dubbed_audio = std::move(*audio);
        } else {
            result.status = contract::ResultStatus::kFailed;
            result.metadata.reset();
            result.error = pipeline_error("PROCESSING_ERROR", audio.error().message());
        }
    }
    if (processor_.config_.keep) {
        keep(outcome, result, asked);
    }
    tell(outcome.fragment, std::move(result), asked);
}

void DubProcessor::Stream::keep(DubOutcome& outcome, const contract::FragmentProcessed& result,
                                Asked& asked) const {
    artifacts::Artifact artifact;
    artifact.stream_id = init_.stream_id;
    artifact.fragment_id = asked.fragment_id;
    artifact.status = to_string(result.status);
    artifact.original = std::move(asked.sound);
    if (outcome.dub) {
        artifact.dubbed = std::move(*outcome.dub);
    }
    artifact.transcript = result.transcript;
    artifact.translation = result.translated_text;
    artifact.processing_time =
        duration_cast<milliseconds>(processor_.clock_.now() - asked.received);
    artifact.timings = outcome.timings;
    artifact.time = std::chrono::system_clock::now();
    if (result.error) {
        artifact.error = artifacts::ArtifactError{.stage = result.error->stage.value_or(""),
                                                  .code = result.error->code,
                                                  .message = result.error->message,
                                                  .is_retryable = result.error->retryable};
    }
    processor_.config_.keep(std::move(artifact));
}

void DubProcessor::Stream::tell(std::uint64_t serial, contract::FragmentProcessed result,
                                const Asked& asked) {
    result.fragment_id = asked.fragment_id;
    result.stream_id = asked.stream_id;
    result.sequence_number = asked.sequence_number;
    result.processing_time_ms =
        duration_cast<milliseconds>(processor_.clock_.now() - asked.received).count();
    FinishedFragment finished{.result = std::move(result), .encoded = nullptr};
    encode(finished, init_.dialect);
    on_finished_(serial, std::move(finished));
}

void DubProcessor::Stream::tell_failure(const StartFragment& job, contract::ProcessingError error) {
    FinishedFragment finished;
    finished.result.fragment_id = job.data.fragment_id;
    finished.result.stream_id = job.data.stream_id;
    finished.result.sequence_number = job.data.sequence_number;
    finished.result.status = contract::ResultStatus::kFailed;
    finished.result.error = std::move(error);
    finished.result.processing_time_ms =
        duration_cast<milliseconds>(processor_.clock_.now() - job.received).count();
    on_finished_(job.serial, std::move(finished));
}

void DubProcessor::Stream::close() {
    is_closed_ = true;
    // Ending a session may wait for an engine to notice: not on the caller's thread.
    post([stream = shared_from_this()] {
        stream->session_.reset();
        stream->asked_.clear();
    });
}

class DubProcessor::Work final : public StreamWork {
  public:
    explicit Work(std::shared_ptr<Stream> stream) : stream_{std::move(stream)} {}
    ~Work() override { stream_->close(); }
    Work(const Work&) = delete;
    Work& operator=(const Work&) = delete;

    void start(StartFragment job) override {
        auto shared = std::make_shared<StartFragment>(std::move(job));
        stream_->post([stream = stream_, shared] { stream->decode_and_dub(*shared); });
    }

  private:
    // Shared with tasks under way.
    const std::shared_ptr<Stream> stream_;
};

DubProcessor::DubProcessor(const Clock& clock, DubProcessorConfig config)
    : clock_{clock}, config_{std::move(config)}, pool_{config_.threads} {}

DubProcessor::~DubProcessor() {
    // No answer of the dubber may find the pool gone: first nobody works for the streams, then
    // their sessions end, which waits for answers that are being given, then the pool goes.
    pool_.stop();
    std::vector<std::weak_ptr<Stream>> streams;
    {
        const MutexLock lock{mutex_};
        streams.swap(streams_);
    }
    for (const auto& weak : streams) {
        if (const auto stream = weak.lock()) {
            stream->abandon();
        }
    }
}

void DubProcessor::set_dubber(Dubber& dubber) {
    std::vector<Opening> waiting;
    {
        const MutexLock lock{mutex_};
        dubber_ = &dubber;
        waiting.swap(waiting_);
    }
    for (auto& opening : waiting) {
        if (!is_given_up(opening.request)) {
            begin(dubber, std::move(opening));
        }
    }
}

void DubProcessor::open(const OpenStream& request, OnFinished on_finished, OnOpened on_opened) {
    Opening opening{request, std::move(on_finished), std::move(on_opened)};
    Dubber* dubber = nullptr;
    {
        const MutexLock lock{mutex_};
        dubber = dubber_;
        if (dubber == nullptr) {
            std::erase_if(waiting_, [](const Opening& one) { return is_given_up(one.request); });
            waiting_.push_back(std::move(opening));
            return;
        }
    }
    begin(*dubber, std::move(opening));
}

void DubProcessor::begin(Dubber& dubber, Opening opening) {
    auto stream = std::make_shared<Stream>(*this, opening.request, std::move(opening.on_finished));
    {
        const MutexLock lock{mutex_};
        std::erase_if(streams_, [](const auto& known) { return known.expired(); });
        streams_.push_back(stream);
    }
    stream->post([stream, dubber = &dubber, on_opened = std::move(opening.on_opened)] {
        auto opened = stream->open(*dubber);
        if (opened) {
            on_opened(std::make_unique<Work>(stream));
        } else {
            on_opened(tl::unexpected{std::move(opened.error())});
        }
    });
}

}  // namespace livedub::sts_session
