// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/pocketsphinx/pocketsphinx_model.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <optional>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "engines/pocketsphinx/decoder_pool.hpp"

namespace livedub::pocketsphinx {

namespace {

using namespace std::chrono_literals;

constexpr StreamDuration kShortest = 100ms;
constexpr StreamDuration kLongest = 60s;

/// A stop is looked for this often: 100 ms of speech take about 12 ms, several times that in noise
/// on a busy machine.
constexpr std::size_t kBlock = 800;  // samples: 50 ms

/// Finishing an utterance cannot be interrupted and grows with its length, so speech is decoded in
/// stretches of about this length, cut where it is quietest.
constexpr std::size_t kStretch = 128'000;   // samples: 8 s
constexpr std::size_t kCutSearch = 32'000;  // samples: 2 s

/// How many samples of `samples` to decode in one go.
std::size_t stretch_length(std::span<const std::int16_t> samples) {
    if (samples.size() <= kStretch + kCutSearch) {
        return samples.size();
    }
    std::size_t best = kStretch;
    std::int64_t quietest = -1;
    for (std::size_t at = kStretch - kCutSearch; at + kBlock <= kStretch + kCutSearch;
         at += kBlock) {
        std::int64_t energy = 0;
        for (const auto sample : samples.subspan(at, kBlock)) {
            energy += std::int64_t{sample} * sample;
        }
        if (quietest < 0 || energy < quietest) {
            quietest = energy;
            best = at + kBlock / 2;
        }
    }
    return best;
}

class Session final : public speech::TranscriptionSession {
  public:
    Session(DecoderPool& decoders, const HearingLimits& limits, ChannelState channel)
        : decoders_{decoders}, limits_{limits}, channel_{std::move(channel)} {}

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
        const auto decoder = decoders_.borrow(stop);
        if (!decoder) {
            return tl::unexpected{decoder.error()};
        }
        std::span<const std::int16_t> rest{speech.samples()};
        std::vector<Phrase> words;
        std::size_t done = 0;
        while (!rest.empty()) {
            const auto length = stretch_length(rest);
            const auto start = speech.start() + std::chrono::nanoseconds{done * 62'500};
            auto heard = decode(**decoder, rest.first(length), start, stop);
            if (!heard) {
                return heard;
            }
            std::move(heard->begin(), heard->end(), std::back_inserter(words));
            rest = rest.subspan(length);
            done += length;
        }
        return words;
    }

  private:
    Result<std::vector<Phrase>> decode(Decoder& decoder, std::span<const std::int16_t> samples,
                                       StreamTime start, const std::stop_token& stop) {
        decoder.set_channel(channel_);
        if (auto begun = decoder.begin(); !begun) {
            return tl::unexpected{std::move(begun.error())};
        }
        std::optional<Error> error;
        while (!samples.empty() && !error) {
            if (stop.stop_requested()) {
                error = Error{ErrorCode::kCancelled, "stopped"};
                break;
            }
            const auto block = samples.first(std::min(kBlock, samples.size()));
            samples = samples.subspan(block.size());
            if (auto fed = decoder.feed(block); !fed) {
                error = std::move(fed.error());
            }
        }
        // Also after a stop: the decoder must be idle again before its next use.
        auto raw = decoder.finish();
        if (error) {
            return tl::unexpected{std::move(*error)};
        }
        if (!raw) {
            return tl::unexpected{std::move(raw.error())};
        }
        auto words = heard_words(*raw, start, limits_);
        // The decoder adapts to whatever it hears. After a stretch of crowd noise alone it would
        // understand the next sentence half as well, so only speech leaves a trace.
        if (!words.empty()) {
            channel_ = decoder.channel();
        }
        return words;
    }

    DecoderPool& decoders_;  // the model's, which outlives its sessions
    const HearingLimits limits_;
    ChannelState channel_;  // as it was after the last speech
};

class Model final : public speech::TranscriptionModel {
  public:
    Model(ModelFiles files, const PocketsphinxOptions& options, std::unique_ptr<Decoder> loaded)
        : limits_{options.limits},
          fresh_channel_{loaded->channel()},
          decoders_{std::move(files), options.most_decoders, std::move(loaded)} {}

    [[nodiscard]] std::string_view name() const noexcept override { return "pocketsphinx-en-us"; }

    [[nodiscard]] bool supports(std::string_view language) const override {
        return language == "en" || language.starts_with("en-") || language.starts_with("en_");
    }

    [[nodiscard]] Result<std::unique_ptr<speech::TranscriptionSession>> open_session(
        const speech::TranscriptionOptions& /*options*/) const override {
        return std::make_unique<Session>(decoders_, limits_, fresh_channel_);
    }

  private:
    // Constant after construction.
    const HearingLimits limits_;
    const ChannelState fresh_channel_;

    mutable DecoderPool decoders_;  // thread-safe
};

}  // namespace

Result<std::unique_ptr<speech::TranscriptionModel>> load_pocketsphinx(
    const PocketsphinxOptions& options) {
    auto files = find_english_model(options.model_directories);
    if (!files) {
        return tl::unexpected{std::move(files.error())};
    }
    auto decoder = Decoder::open(*files);
    if (!decoder) {
        return tl::unexpected{std::move(decoder.error())};
    }
    return std::make_unique<Model>(std::move(*files), options, std::move(*decoder));
}

}  // namespace livedub::pocketsphinx
