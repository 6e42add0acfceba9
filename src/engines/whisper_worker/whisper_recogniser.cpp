// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/whisper_worker/whisper_recogniser.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <whisper.h>

namespace livedub::whisper {
namespace {

constexpr int kSamplesPerHundredth = WHISPER_SAMPLE_RATE / 100;
constexpr int kMostThreads = 64;
constexpr int kWidestBeam = 8;  // the library's limit

/// Nobody speaks more tokens in a second; more than these, and the model goes in circles.
constexpr int kTokensPerSecond = 10;
constexpr int kTokensAtLeast = 16;

/// What the external contract asks of the voice gate.
constexpr whisper_vad_params kVoiceGate{.threshold = 0.2F,
                                        .min_speech_duration_ms = 250,
                                        .min_silence_duration_ms = 300,
                                        .max_speech_duration_s = 60.0F,
                                        .speech_pad_ms = 400,
                                        .samples_overlap = 0.1F};

struct FreeState {
    void operator()(whisper_state* state) const { whisper_free_state(state); }
};
struct FreeVoiceGate {
    void operator()(whisper_vad_context* context) const { whisper_vad_free(context); }
};
struct FreeVoiceSegments {
    void operator()(whisper_vad_segments* segments) const { whisper_vad_free_segments(segments); }
};
using StatePtr = std::unique_ptr<whisper_state, FreeState>;
using VoiceGatePtr = std::unique_ptr<whisper_vad_context, FreeVoiceGate>;
using VoiceSegmentsPtr = std::unique_ptr<whisper_vad_segments, FreeVoiceSegments>;

std::vector<float> to_float(std::span<const std::int16_t> samples) {
    constexpr float kFullScale = 32'768.0F;
    std::vector<float> out(samples.size());
    std::ranges::transform(samples, out.begin(), [](std::int16_t sample) {
        return static_cast<float>(sample) / kFullScale;
    });
    return out;
}

bool ask_cancelled(void* user_data) {
    return (*static_cast<const IsCancelled*>(user_data))();
}

/// Where in the sound somebody speaks, first word to last.
struct Stretch {
    std::size_t begin = 0;
    std::size_t size = 0;
};

class WhisperRecogniser final : public Recogniser {
  public:
    WhisperRecogniser(whisper_context& context, StatePtr state, VoiceGatePtr voice_gate)
        : context_{context}, state_{std::move(state)}, voice_gate_{std::move(voice_gate)} {}

    [[nodiscard]] Result<Heard> hear(const HearRequest& request,
                                     const IsCancelled& is_cancelled) override {
        if (auto problem = problem_of(request); !problem.empty()) {
            return fail(ErrorCode::kInvalidArgument, "whisper: " + problem);
        }
        const auto sound = to_float(request.samples);
        const auto stretch = speech_in(sound);
        if (stretch.size == 0) {
            return Heard{.has_voice = false, .language = request.language};
        }
        auto parameters = parameters_for(request);
        parameters.abort_callback = ask_cancelled;
        parameters.abort_callback_user_data = const_cast<IsCancelled*>(&is_cancelled);
        const int result =
            whisper_full_with_state(&context_, state_.get(), parameters,
                                    sound.data() + stretch.begin, static_cast<int>(stretch.size));
        if (is_cancelled()) {
            return fail(ErrorCode::kCancelled, "stopped");
        }
        if (result != 0) {
            return fail(ErrorCode::kInternal, fmt::format("whisper: error {}", result));
        }
        return heard(static_cast<int>(stretch.begin) / kSamplesPerHundredth);
    }

    [[nodiscard]] Result<Measured> measure(const MeasureRequest& request,
                                           const IsCancelled& is_cancelled) override {
        HearRequest usual{.threads = request.threads,
                          .audio_ctx = request.audio_ctx,
                          .language = "en",
                          .samples = hum()};
        if (auto problem = problem_of(usual); !problem.empty()) {
            return fail(ErrorCode::kInvalidArgument, "whisper: " + problem);
        }
        auto parameters = parameters_for(usual);
        parameters.max_tokens = 1;
        const auto sound = to_float(usual.samples);
        // Sets the length of the window, and warms up.
        if (whisper_full_with_state(&context_, state_.get(), parameters, sound.data(),
                                    static_cast<int>(sound.size())) != 0) {
            return fail(ErrorCode::kInternal, "whisper: the trial failed");
        }
        Measured measured{.encode_ms = best_of([&] {
                              return whisper_encode_with_state(&context_, state_.get(), 0,
                                                               request.threads) == 0;
                          })};
        for (const int beam : request.beam_sizes) {
            if (is_cancelled()) {
                return fail(ErrorCode::kCancelled, "stopped");
            }
            // A beam of n decodes n tokens at a time.
            const std::vector<whisper_token> tokens(
                static_cast<std::size_t>(std::clamp(beam, 1, kWidestBeam)),
                whisper_token_sot(&context_));
            measured.decode_ms.push_back(best_of([&] {
                return whisper_decode_with_state(&context_, state_.get(), tokens.data(),
                                                 static_cast<int>(tokens.size()), kTokensAtLeast,
                                                 request.threads) == 0;
            }));
        }
        return measured;
    }

  private:
    [[nodiscard]] std::string problem_of(const HearRequest& request) const {
        if (request.threads < 1 || request.threads > kMostThreads) {
            return fmt::format("{} threads", request.threads);
        }
        if (request.audio_ctx < 0 || request.audio_ctx > whisper_n_audio_ctx(&context_)) {
            return fmt::format("a window of {} positions", request.audio_ctx);
        }
        if (!std::isfinite(request.temperature) || request.temperature < 0.0F) {
            return fmt::format("temperature {}", request.temperature);
        }
        if (!request.language.empty() && whisper_lang_id(request.language.c_str()) < 0) {
            return fmt::format("no language \"{}\"", request.language);
        }
        return {};
    }

    [[nodiscard]] static whisper_full_params parameters_for(const HearRequest& request) {
        const int beam = std::clamp(request.beam_size, 1, kWidestBeam);
        const bool is_searching = beam > 1 && request.temperature == 0.0F;
        auto parameters = whisper_full_default_params(is_searching ? WHISPER_SAMPLING_BEAM_SEARCH
                                                                   : WHISPER_SAMPLING_GREEDY);
        parameters.n_threads = request.threads;
        parameters.beam_search.beam_size = beam;
        parameters.greedy.best_of = request.temperature > 0.0F ? beam : 1;
        parameters.temperature = request.temperature;
        parameters.temperature_inc = 0.0F;  // whoever asks decides whether to try again
        parameters.audio_ctx = request.audio_ctx;
        parameters.language = request.language.empty() ? "auto" : request.language.c_str();
        parameters.initial_prompt = request.prompt.empty() ? nullptr : request.prompt.c_str();
        parameters.no_context = true;  // what went before is in the prompt
        parameters.token_timestamps = true;
        parameters.suppress_nst = true;
        parameters.max_tokens =
            kTokensAtLeast +
            kTokensPerSecond * static_cast<int>(request.samples.size() / WHISPER_SAMPLE_RATE);
        parameters.print_progress = false;
        parameters.print_timestamps = false;
        parameters.print_realtime = false;
        parameters.print_special = false;
        return parameters;
    }

    [[nodiscard]] Stretch speech_in(const std::vector<float>& sound) {
        if (voice_gate_ == nullptr) {
            return {.size = sound.size()};  // whoever asks has looked already
        }
        const VoiceSegmentsPtr segments{whisper_vad_segments_from_samples(
            voice_gate_.get(), kVoiceGate, sound.data(), static_cast<int>(sound.size()))};
        const int count = segments == nullptr ? 0 : whisper_vad_segments_n_segments(segments.get());
        if (count == 0) {
            return {};
        }
        const auto at = [&](float hundredths) {
            const auto sample = std::max(0.0F, hundredths) * kSamplesPerHundredth;
            return std::min(static_cast<std::size_t>(sample), sound.size());
        };
        const auto begin = at(whisper_vad_segments_get_segment_t0(segments.get(), 0));
        const auto end = at(whisper_vad_segments_get_segment_t1(segments.get(), count - 1));
        return {.begin = begin, .size = end > begin ? end - begin : 0};
    }

    /// @param offset_cs Of what was recognised in what was given.
    [[nodiscard]] Heard heard(int offset_cs) {
        auto* const state = state_.get();
        const auto* const language = whisper_lang_str(whisper_full_lang_id_from_state(state));
        Heard result{.language = language == nullptr ? "" : language};
        const auto first_special = whisper_token_eot(&context_);
        for (int i = 0; i < whisper_full_n_segments_from_state(state); ++i) {
            HeardSegment segment{.no_speech_probability =
                                     whisper_full_get_segment_no_speech_prob_from_state(state, i)};
            for (int n = 0; n < whisper_full_n_tokens_from_state(state, i); ++n) {
                const auto data = whisper_full_get_token_data_from_state(state, i, n);
                if (data.id >= first_special) {
                    continue;
                }
                segment.tokens.push_back(
                    {.bytes = whisper_token_to_str(&context_, data.id),
                     .begin_cs = offset_cs + static_cast<int>(std::max<std::int64_t>(data.t0, 0)),
                     .end_cs = offset_cs + static_cast<int>(std::max<std::int64_t>(data.t1, 0)),
                     .log_probability = data.plog});
            }
            result.segments.push_back(std::move(segment));
        }
        return result;
    }

    /// Six seconds of something: how long it takes does not depend on what is said.
    [[nodiscard]] static std::vector<std::int16_t> hum() {
        constexpr std::size_t kSize = 6 * WHISPER_SAMPLE_RATE;
        constexpr float kStep = 0.08F;
        constexpr float kLevel = 3'000.0F;
        std::vector<std::int16_t> samples(kSize);
        for (std::size_t i = 0; i < kSize; ++i) {
            samples[i] =
                static_cast<std::int16_t>(kLevel * std::sin(kStep * static_cast<float>(i)));
        }
        return samples;
    }

    /// Milliseconds that `step` takes when nothing disturbs it; all that it took, when it fails.
    template <typename Step>
    [[nodiscard]] static float best_of(const Step& step) {
        constexpr int kTimes = 3;
        float best = 0.0F;
        for (int i = 0; i < kTimes; ++i) {
            const auto begin = std::chrono::steady_clock::now();
            (void)step();
            const std::chrono::duration<float, std::milli> took =
                std::chrono::steady_clock::now() - begin;
            best = i == 0 ? took.count() : std::min(best, took.count());
        }
        return best;
    }

    whisper_context& context_;
    StatePtr state_;
    VoiceGatePtr voice_gate_;
};

}  // namespace

Result<std::unique_ptr<Recogniser>> make_whisper_recogniser(whisper_context& context,
                                                            const std::string& voice_gate) {
    StatePtr state{whisper_init_state(&context)};
    if (state == nullptr) {
        return fail(ErrorCode::kExhausted, "whisper: no memory for another state");
    }
    VoiceGatePtr gate;
    if (!voice_gate.empty()) {
        auto parameters = whisper_vad_default_context_params();
        parameters.n_threads = 1;  // a thousandth of the work
        parameters.use_gpu = false;
        gate.reset(whisper_vad_init_from_file_with_params(voice_gate.c_str(), parameters));
        if (gate == nullptr) {
            return fail(ErrorCode::kUnavailable,
                        fmt::format("whisper does not load {}", voice_gate));
        }
    }
    return std::make_unique<WhisperRecogniser>(context, std::move(state), std::move(gate));
}

}  // namespace livedub::whisper
