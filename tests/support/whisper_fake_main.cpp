// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// A worker program without whisper: what it does with a fragment depends on the language it is
// told. So everything that can go wrong in one can be had on demand, also where the library is not.

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <new>
#include <string>
#include <thread>

#include <unistd.h>

#include "engines/whisper/worker_side.hpp"

namespace {

using namespace livedub;           // NOLINT(google-build-using-namespace): a program for tests
using namespace livedub::whisper;  // NOLINT(google-build-using-namespace)
using namespace std::chrono_literals;

HeardSegment say(const std::string& text, float log_probability = -0.1F) {
    HeardSegment segment;
    int at = 0;
    std::string word;
    for (std::size_t i = 0; i <= text.size(); ++i) {
        if (i == text.size() || text[i] == ' ') {
            segment.tokens.push_back({.bytes = " " + word,
                                      .begin_cs = at,
                                      .end_cs = at + 10,
                                      .log_probability = log_probability});
            at += 10;
            word.clear();
        } else {
            word += text[i];
        }
    }
    return segment;
}

class FakeRecogniser final : public Recogniser {
  public:
    Result<Heard> hear(const HearRequest& request, const IsCancelled& is_cancelled) override {
        ++calls_;
        const auto& language = request.language;
        if (language == "crash") {
            std::fputs("some assertion failed\n", stderr);
            std::abort();
        }
        if (language == "hang") {
            while (true) {
                std::this_thread::sleep_for(1h);
            }
        }
        if (language == "slow") {
            while (!is_cancelled()) {
                std::this_thread::sleep_for(1ms);
            }
            return fail(ErrorCode::kCancelled, "stopped");
        }
        if (language == "hungry") {
            throw std::bad_alloc{};
        }
        Heard heard{.language = language.empty() ? "es" : language};
        if (language == "mute") {
            heard.has_voice = false;
        } else if (language == "prompt") {
            heard.segments = {say("[" + request.prompt + "] call " + std::to_string(calls_))};
            // Not a note: that would be left out.
            for (auto& token : heard.segments[0].tokens) {
                std::erase(token.bytes, '[');
                std::erase(token.bytes, ']');
            }
        } else if (language == "again") {
            heard.segments = {say("the very same words again")};
        } else if (language == "threads") {
            heard.segments = {say("threads " + std::to_string(request.threads) + " window " +
                                  std::to_string(request.audio_ctx))};
        } else if (language == "warm") {
            heard.segments = {request.temperature == 0.0F ? say("nonsense it is", -2.0F)
                                                          : say("better with warmth")};
        } else if (language == "phantom") {
            heard.segments = {say("Thanks for watching!")};
        } else if (language == "circles") {
            std::string text;
            for (int i = 0; i < 40; ++i) {
                text += i == 0 ? "and on" : " and on";
            }
            heard.segments = {say(text)};
        } else {
            heard.segments = {say("good evening " + std::to_string(::getpid()))};
        }
        return heard;
    }

    Result<Measured> measure(const MeasureRequest& request,
                             const IsCancelled& /*is_cancelled*/) override {
        const char* const set = std::getenv("FAKE_WHISPER_MS_PER_BEAM");
        const auto per_beam = set == nullptr ? 1.0F : std::strtof(set, nullptr);
        Measured measured{.encode_ms = 100.0F};
        for (const int beam : request.beam_sizes) {
            measured.decode_ms.push_back(per_beam * static_cast<float>(beam));
        }
        return measured;
    }

  private:
    int calls_ = 0;
};

class FakeWeights final : public Weights {
  public:
    [[nodiscard]] Ready describe() const override {
        return {.version = "0.0-fake",
                .languages = {"en", "es", "crash", "hang", "slow", "hungry", "mute", "prompt",
                              "again", "threads", "warm", "phantom", "circles"},
                .audio_ctx = 1'500};
    }
    [[nodiscard]] Result<std::unique_ptr<Recogniser>> make_recogniser() override {
        return std::make_unique<FakeRecogniser>();
    }
};

}  // namespace

int main(int argc, char** argv) {
    const char* const fate = std::getenv("FAKE_WHISPER_FATE");
    return serve_weights(STDIN_FILENO, [&]() -> Result<std::unique_ptr<Weights>> {
        if (argc < 2 || !std::ifstream{argv[1]}) {
            return fail(ErrorCode::kUnavailable, "no model");
        }
        if (fate != nullptr && std::string{fate} == "abort") {
            std::fputs("no usable backend\n", stderr);
            std::abort();
        }
        if (fate != nullptr && std::string{fate} == "refuse") {
            return fail(ErrorCode::kUnavailable, "whisper does not load it");
        }
        return std::make_unique<FakeWeights>();
    });
}
