// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/catalogue/synthesizer_chain.hpp"

#include <string>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace livedub::engines {
namespace {

using testing::ElementsAre;

PcmChunk sound() {
    return PcmChunk::make({}, {.sample_rate_hz = 16'000, .channels = 1}, {1, 2, 3}).value();
}

/// What the test tells it, and what it was asked for.
struct Script {
    Result<void> prepared{};
    Result<PcmChunk> answer = sound();
    int most_tries = 9;
    std::vector<std::string> voices{};
    double speed = 0.0;
};

class Scripted final : public speech::Synthesizer {
  public:
    Scripted(std::string name, Script& script, std::vector<std::string>& asked)
        : name_{std::move(name)}, script_{script}, asked_{asked} {}

    [[nodiscard]] std::string_view name() const noexcept override { return name_; }
    [[nodiscard]] int most_tries() const noexcept override { return script_.most_tries; }
    Result<void> prepare(std::string_view /*language*/, std::string_view voice) override {
        script_.voices.emplace_back(voice);
        return script_.prepared;
    }
    Result<PcmChunk> synthesise(const speech::SynthesisRequest& request,
                                const std::stop_token& /*stop*/) override {
        asked_.push_back(name_);
        script_.voices.push_back(request.voice);
        script_.speed = request.speed;
        return script_.answer;
    }

  private:
    const std::string name_;
    Script& script_;
    std::vector<std::string>& asked_;
};

std::shared_ptr<const VoiceProfiles> voices() {
    return std::make_shared<const VoiceProfiles>(
        VoiceProfiles::parse(
            R"({"voices": {"ana": {"language": "es", "provider": "elevenlabs", "voice_id": "x1", "model": "m",
                                   "speaker": "s", "speed": 1.5},
                           "eva": {"language": "es", "gender": "female"}}})")
            .value());
}

class SynthesizerChain : public testing::Test {
  protected:
    SynthesizerChain() {
        std::vector<std::unique_ptr<speech::Synthesizer>> synthesizers;
        synthesizers.push_back(std::make_unique<Scripted>("near", near_, asked_));
        synthesizers.push_back(std::make_unique<Scripted>("elevenlabs", far_, asked_));
        chain_ =
            make_synthesizer_chain(std::move(synthesizers), voices(), [this] { ++failovers_; });
    }

    Result<PcmChunk> speak(std::string voice = "default") {
        return chain_->synthesise({.text = "hola", .language = "es", .voice = std::move(voice)},
                                  {});
    }

    Script near_;
    Script far_;
    std::vector<std::string> asked_;
    int failovers_ = 0;
    std::unique_ptr<speech::Synthesizer> chain_;
};

TEST_F(SynthesizerChain, AsksTheFirstAloneWhileItSpeaks) {
    EXPECT_EQ(chain_->name(), "near,elevenlabs");
    EXPECT_EQ(speak(), sound());
    EXPECT_THAT(asked_, ElementsAre("near"));
}

TEST_F(SynthesizerChain, IsAskedNoOftenerThanTheOneThatIsWorthTheLeast) {
    far_.most_tries = 2;
    EXPECT_EQ(chain_->most_tries(), 2);
}

TEST_F(SynthesizerChain, PassesOverWhoCouldNotBeReached) {
    near_.answer = fail(ErrorCode::kUnavailable, "refused");

    EXPECT_EQ(speak(), sound());
    EXPECT_EQ(speak(), sound());
    EXPECT_THAT(asked_, ElementsAre("near", "elevenlabs", "elevenlabs"));
    EXPECT_EQ(failovers_, 1);  // the second time nobody had to stand in: it was the first asked
}

TEST_F(SynthesizerChain, LeavesOutWhoDoesNotSpeakTheLanguage) {
    near_.prepared = fail(ErrorCode::kInvalidArgument, "no such language");

    EXPECT_TRUE(chain_->prepare("es", "default").has_value());
    EXPECT_EQ(speak(), sound());
    EXPECT_THAT(asked_, ElementsAre("elevenlabs"));
}

TEST_F(SynthesizerChain, HasAProfileSpokenByItsProvider) {
    EXPECT_EQ(speak("ana"), sound());
    EXPECT_THAT(asked_, ElementsAre("elevenlabs"));

    far_.answer = fail(ErrorCode::kInternal, "no");
    EXPECT_EQ(speak("ana"), sound());
    EXPECT_THAT(asked_, ElementsAre("elevenlabs", "elevenlabs", "near"));
}

TEST(WithProfiles, AsksForTheShippedVoiceThatStandsForAProfile) {
    Script script;
    std::vector<std::string> asked;
    const auto engine = with_profiles(std::make_unique<Scripted>("e", script, asked), voices());

    EXPECT_TRUE(engine->prepare("es", "eva").has_value());
    EXPECT_TRUE(engine->prepare("de", "eva").has_value());
    EXPECT_TRUE(engine->prepare("es", "nobody").has_value());
    EXPECT_THAT(script.voices, ElementsAre("spanish_female_1", "default", "nobody"));

    EXPECT_TRUE(
        engine->synthesise({.text = "a", .language = "es", .voice = "ana", .speed = 2.0}, {})
            .has_value());
    EXPECT_EQ(script.voices.back(), "default");
    EXPECT_EQ(script.speed, 3.0);
}

TEST(VoicesOf, AreThoseOfTheProvider) {
    const auto of_far = voices_of(voices(), "elevenlabs");
    const auto of_near = voices_of(voices(), "near");

    const auto ana = of_far("ana", "es").value();
    EXPECT_EQ(ana.id, "x1");
    EXPECT_EQ(ana.model, "m");
    EXPECT_EQ(ana.speaker, "s");
    EXPECT_EQ(ana.speed, 1.5);
    EXPECT_EQ(of_near("ana", "es").value().id, "");
    EXPECT_EQ(of_far("spanish_male_1", "es").value().id, "");
    EXPECT_EQ(of_far("nobody", "es").error().message(), "there is no voice profile \"nobody\"");
}

}  // namespace
}  // namespace livedub::engines
