// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/whisper/whisper_model.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/clock.hpp"
#include "child/child_process.hpp"
#include "dubbing/language.hpp"
#include "engines/whisper/channel.hpp"
#include "engines/whisper/prompt.hpp"
#include "engines/whisper/worker_pool.hpp"
#include "telemetry/log.hpp"

namespace livedub::whisper {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr StreamDuration kShortest = 100ms;
constexpr StreamDuration kLongest = 60s;

/// The usual fragment, for which is measured, and about what is said in it.
constexpr milliseconds kUsualFragment{6'000};
constexpr int kUsualTokens = 32;

/// A wider beam hears a little better, and is worth this share of real time.
constexpr double kShareForBeam = 0.25;
constexpr std::array<int, 4> kBeams{8, 5, 2, 1};

/// Tried one after the other while the text is not believed, as long as all tries together take
/// less than this share of the sound's length.
constexpr std::array<float, 3> kTemperatures{0.0F, 0.2F, 0.4F};
constexpr double kShareForTries = 0.5;

/// From being told to stop to being killed; callers are promised 100 ms for all.
constexpr milliseconds kStopPatience{60};

/// Of what was said before. The model takes at most 223 tokens, four letters each or fewer.
constexpr std::size_t kPromptBytes = 300;

/// The same again, word for word, is the prompt coming back.
constexpr std::size_t kWordsOfAnEcho = 4;

/// Surer than this, and "Thank you." was said.
constexpr double kSure = -0.5;
constexpr float kSurelySpeech = 0.3F;

constexpr std::string_view kWorkerProgram = "livedub-whisper";

/// A worker on loan; given back, or done away with.
class Borrowed {
  public:
    Borrowed(WorkerPool& pool, WorkerPool::Loan loan) : pool_{pool}, loan_{std::move(loan)} {}
    ~Borrowed() {
        if (loan_) {
            pool_.give_back(std::move(*loan_));
        }
    }
    Borrowed(const Borrowed&) = delete;
    Borrowed& operator=(const Borrowed&) = delete;

    [[nodiscard]] int threads() const { return loan_ ? loan_->threads : 1; }
    [[nodiscard]] bool has_died() const noexcept { return has_died_; }

    /// Errors: the worker's; kCancelled; kUnavailable when it died of it.
    Result<std::string> ask(const Message& question, MessageKind expected, SteadyTime deadline,
                            const std::stop_token& stop) {
        if (!loan_) {
            return fail(ErrorCode::kUnavailable, "whisper's worker ended");
        }
        const int channel = loan_->worker.channel.get();
        auto answer = send_message(channel, question, deadline, stop).and_then([&] {
            return receive_message(channel, deadline, stop);
        });
        if (!answer) {
            const auto code = answer.error().code();
            if (code == ErrorCode::kCancelled || code == ErrorCode::kTimeout) {
                make_it_stop();
                return tl::unexpected{std::move(answer).error()};
            }
            return died();
        }
        if (answer->message.kind == MessageKind::kFailed) {
            return tl::unexpected{error_from(answer->message.body)};
        }
        if (answer->message.kind != expected) {
            return died();
        }
        return std::move(answer->message.body);
    }

    /// What it said cannot be understood.
    tl::unexpected<Error> died() {
        has_died_ = true;
        const auto how = end();
        logger("whisper")->warn("worker_lost state=busy how=\"{}\"", how);
        return fail(ErrorCode::kUnavailable, "whisper's worker ended: " + how);
    }

  private:
    void make_it_stop() {
        const int channel = loan_->worker.channel.get();
        const auto until = steady_clock::now() + kStopPatience;
        auto told = send_message(channel, {.kind = MessageKind::kCancel}, until, {});
        while (told) {
            const auto answer = receive_message(channel, until, {});
            if (!answer) {
                break;
            }
            if (answer->message.kind == MessageKind::kCancelled) {
                return;
            }
        }
        (void)end();
    }

    std::string end() {
        auto loan = std::move(*loan_);
        loan_.reset();
        return pool_.discard(std::move(loan));
    }

    WorkerPool& pool_;
    std::optional<WorkerPool::Loan> loan_;
    bool has_died_ = false;
};

/// What all sessions of a model share; constant after construction, but for what says otherwise.
struct Shared {
    Shared(std::vector<std::string> command, int threads) : pool{std::move(command), threads} {}

    std::string name;
    Ready ready;
    ExpectedCost cost;
    DecodingLimits limits;
    WorkerPool pool;               // thread-safe
    std::atomic<int> sessions{0};  // open ones
};

/// Other codes for what the model knows.
constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kOtherCodes{{
    {"nb", "no"},
    {"he", "iw"},
    {"iw", "he"},
    {"jv", "jw"},
    {"fil", "tl"},
    {"cmn", "zh"},
}};

bool is_detected(std::string_view language) {
    return language.empty() || language == "auto" || language == "und" || language == "mul";
}

/// The model's code for a BCP 47 tag; nullopt when it knows none.
std::optional<std::string> code_for(const Ready& ready, std::string_view tag) {
    const auto primary = lower_tag(tag.substr(0, tag.find_first_of("-_")));
    const auto is_known = [&](std::string_view code) {
        return std::ranges::find(ready.languages, code) != ready.languages.end();
    };
    if (is_known(primary)) {
        return primary;
    }
    for (const auto& [other, code] : kOtherCodes) {
        if (primary == other && is_known(code)) {
            return std::string{code};
        }
    }
    return std::nullopt;
}

/// What is kept of one try.
struct Try {
    std::vector<Phrase> words{};
    bool is_believed = true;  // all of it
    bool is_sure = true;
    std::string language{};
};

class Session final : public speech::TranscriptionSession {
  public:
    Session(Shared& shared, std::string language, const std::vector<std::string>& hints)
        : shared_{shared}, language_{std::move(language)}, hints_{hint_prompt(hints, language_)} {
        ++shared_.sessions;
    }
    ~Session() override { --shared_.sessions; }
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

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
        if (!pause_.is_over(steady_clock::now())) {
            return left_alone("whisper's workers for this stream", pause_);
        }
        auto loan = shared_.pool.borrow(shared_.sessions, stop);
        if (!loan) {
            return tl::unexpected{std::move(loan).error()};
        }
        Borrowed worker{shared_.pool, std::move(*loan)};
        auto best = best_try(worker, speech, stop);
        if (worker.has_died()) {
            pause_.note_failure(steady_clock::now());
        }
        if (!best) {
            return tl::unexpected{std::move(best).error()};
        }
        pause_.note_success();
        return believed(std::move(*best));
    }

  private:
    Result<Try> best_try(Borrowed& worker, const PcmChunk& speech, const std::stop_token& stop) {
        HearRequest request{
            .threads = worker.threads(),
            .beam_size = shared_.cost.beam_size,
            .audio_ctx = reduced_audio_ctx(speech.duration(), shared_.ready.audio_ctx),
            .language = language_,
            .prompt = prompt(),
            .samples = speech.samples()};
        const auto begin = steady_clock::now();
        std::optional<Try> best;
        for (const float temperature : kTemperatures) {
            request.temperature = temperature;
            auto heard = worker
                             .ask({MessageKind::kHear, to_body(request)}, MessageKind::kHeard,
                                  kForever, stop)
                             .and_then([&](const std::string& body) -> Result<Heard> {
                                 auto words = heard_from(body);
                                 return words ? std::move(words) : worker.died();
                             });
            if (!heard) {
                return tl::unexpected{std::move(heard).error()};
            }
            auto next = look_at(*heard, speech);
            if (!best || next.is_believed || next.words.size() > best->words.size()) {
                best = std::move(next);
            }
            request.prompt = hints_;  // what went before may be what misled it
            // The next try takes as long as this one.
            const std::chrono::duration<double> spent = steady_clock::now() - begin;
            const std::chrono::duration<double> length = speech.duration();
            if (best->is_believed || 2.0 * spent > kShareForTries * length) {
                break;
            }
        }
        return std::move(*best);
    }

    [[nodiscard]] Try look_at(const Heard& heard, const PcmChunk& speech) const {
        Try result{.language = heard.language};
        for (const auto& segment : heard.segments) {
            const auto verdict = judge(segment, shared_.limits);
            result.is_believed = result.is_believed && verdict != Verdict::kDoubtful;
            if (verdict != Verdict::kBelieved) {
                continue;
            }
            result.is_sure = result.is_sure && mean_log_probability(segment) > kSure &&
                             segment.no_speech_probability < kSurelySpeech;
            std::ranges::move(to_words(segment, speech.start(), speech.duration()),
                              std::back_inserter(result.words));
        }
        result.words = without_repetitions(std::move(result.words));
        return result;
    }

    /// What stands in the end; remembered for the next fragment.
    std::vector<Phrase> believed(Try heard) {
        std::string text;
        for (const auto& word : heard.words) {
            text += text.empty() ? "" : " ";
            text += word.text;
        }
        const bool is_echo = heard.words.size() >= kWordsOfAnEcho && text == previous_;
        if (text.empty() || is_echo || is_phantom(text, heard.is_sure)) {
            if (!heard.is_believed || !text.empty()) {
                previous_.clear();  // it went in circles: begin anew
            }
            return {};
        }
        if (language_.empty()) {
            language_ = heard.language;  // to detect it takes as long as to recognise
        }
        previous_ = heard.is_believed ? std::move(text) : std::string{};
        return std::move(heard.words);
    }

    [[nodiscard]] std::string prompt() const {
        const auto before = last_words(previous_, kPromptBytes);
        return hints_ + (hints_.empty() || before.empty() ? "" : " ") + std::string{before};
    }

    Shared& shared_;        // the model's, which outlives its sessions
    std::string language_;  // empty until it is detected
    const std::string hints_;
    std::string previous_;  // what was said in the fragment before
    RestartPause pause_;    // of workers that this stream's sound ends
};

class Model final : public WhisperModel {
  public:
    explicit Model(std::unique_ptr<Shared> shared) : shared_{std::move(shared)} {}

    [[nodiscard]] std::string_view name() const noexcept override { return shared_->name; }

    [[nodiscard]] bool supports(std::string_view language) const override {
        return is_detected(language) ? shared_->ready.languages.size() > 1
                                     : code_for(shared_->ready, language).has_value();
    }

    [[nodiscard]] Result<std::unique_ptr<speech::TranscriptionSession>> open_session(
        const speech::TranscriptionOptions& options) const override {
        std::string language;
        if (!is_detected(options.language)) {
            auto code = code_for(shared_->ready, options.language);
            if (!code) {
                return fail(ErrorCode::kInvalidArgument,
                            fmt::format("{} does not recognise \"{}\"", name(), options.language));
            }
            language = std::move(*code);
        }
        return std::make_unique<Session>(*shared_, std::move(language), options.domain_hints);
    }

    [[nodiscard]] const ExpectedCost& expected_cost() const noexcept override {
        return shared_->cost;
    }
    [[nodiscard]] const std::string& version() const noexcept override {
        return shared_->ready.version;
    }
    [[nodiscard]] std::vector<pid_t> pids() const override { return shared_->pool.pids(); }

  private:
    const std::unique_ptr<Shared> shared_;
};

Result<ExpectedCost> measure(Shared& shared, int widest_beam, SteadyTime deadline) {
    auto loan = shared.pool.borrow(1, {});
    if (!loan) {
        return tl::unexpected{std::move(loan).error()};
    }
    Borrowed worker{shared.pool, std::move(*loan)};
    MeasureRequest request{.threads = worker.threads(),
                           .audio_ctx = reduced_audio_ctx(kUsualFragment, shared.ready.audio_ctx)};
    std::ranges::copy_if(kBeams, std::back_inserter(request.beam_sizes),
                         [=](int beam) { return beam <= std::max(widest_beam, 1); });
    auto body =
        worker.ask({MessageKind::kMeasure, to_body(request)}, MessageKind::kMeasured, deadline, {});
    if (!body) {
        return tl::unexpected{std::move(body).error()};
    }
    const auto measured = measured_from(*body);
    if (!measured || measured->decode_ms.size() != request.beam_sizes.size()) {
        return worker.died();
    }
    ExpectedCost cost;
    for (std::size_t i = 0; i < request.beam_sizes.size(); ++i) {
        cost = {.encode_ms = static_cast<double>(measured->encode_ms),
                .decode_ms = kUsualTokens * static_cast<double>(measured->decode_ms[i]),
                .beam_size = request.beam_sizes[i]};
        if (cost.real_time_factor() <= kShareForBeam) {
            break;
        }
    }
    return cost;
}

}  // namespace

double ExpectedCost::real_time_factor() const noexcept {
    return total_ms() / static_cast<double>(kUsualFragment.count());
}

int recognition_threads(unsigned cores) noexcept {
    return static_cast<int>(std::max(cores, 2U) - 1);
}

int reduced_audio_ctx(StreamDuration length, int whole) {
    constexpr double kPositionsPerSecond = 50.0;
    constexpr int kMargin = 128;
    constexpr int kStep = 64;
    const auto own = static_cast<int>(
        std::ceil(std::chrono::duration<double>{length}.count() * kPositionsPerSecond));
    const int positions = (own + kMargin + kStep - 1) / kStep * kStep;
    return positions < whole ? positions : 0;
}

Result<std::unique_ptr<WhisperModel>> load_whisper(const WhisperOptions& options) {
    auto file = find_model(options.model);
    if (!file) {
        return tl::unexpected{std::move(file).error()};
    }
    const auto facts = check_model(*file);
    if (!facts) {
        return tl::unexpected{facts.error()};
    }
    std::vector<std::string> command{options.worker_program.empty()
                                         ? child::find_program(kWorkerProgram)
                                         : options.worker_program,
                                     file->string()};
    if (const auto gate = find_voice_gate(options.model, *file)) {
        if (auto checked = check_voice_gate(*gate); !checked) {
            return tl::unexpected{std::move(checked).error()};
        }
        command.push_back(gate->string());
    }
    auto shared = std::make_unique<Shared>(std::move(command), options.threads);
    const auto deadline = steady_clock::now() + options.load_patience;
    auto ready = shared->pool.start(deadline, {});
    if (!ready) {
        return tl::unexpected{std::move(ready).error().with_context(file->string())};
    }
    shared->name = model_name(*file);
    shared->ready = std::move(*ready);
    shared->limits = options.limits;
    auto cost = measure(*shared, options.widest_beam, deadline);
    if (!cost) {
        return tl::unexpected{std::move(cost).error().with_context(file->string())};
    }
    shared->cost = *cost;
    logger("whisper")->info(
        "model_loaded model={} version={} languages={} voice_gate={} threads={} beam={} "
        "encode_ms={:.0f} decode_ms={:.0f}",
        shared->name, shared->ready.version, shared->ready.languages.size(),
        shared->ready.has_voice_gate ? "silero" : "none", options.threads, cost->beam_size,
        cost->encode_ms, cost->decode_ms);
    return std::make_unique<Model>(std::move(shared));
}

}  // namespace livedub::whisper
