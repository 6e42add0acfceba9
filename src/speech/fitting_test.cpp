// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "speech/fitting.hpp"

#include <chrono>
#include <ostream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "speech/fake_engines.hpp"

namespace livedub::speech {
namespace {

using std::chrono::milliseconds;

struct Case {
    std::string name;
    milliseconds natural;
    double fastest;   // of the engine itself
    double length_s;  // of the speech that comes out, for a slot of 2 s
    double speed_ratio;
    bool is_partial;

    friend void PrintTo(const Case& fit, std::ostream* out) { *out << fit.name; }
};

class Fits : public testing::TestWithParam<Case> {};

TEST_P(Fits, WithTheLeastMeans) {
    const auto& param = GetParam();
    FakeSynthesizer::Script script{.natural = param.natural, .fastest = param.fastest};
    FakeSynthesizer synthesizer{script};

    const auto fitted = speak_within(synthesizer, {.text = "hola", .language = "es"},
                                     milliseconds{2'000}, FitLimits{}, {});

    ASSERT_TRUE(fitted.has_value()) << fitted.error().message();
    EXPECT_NEAR(fitted->speech.seconds(), param.length_s, 0.03);
    EXPECT_LE(fitted->speech.seconds(), 2.0);
    EXPECT_NEAR(fitted->speed_ratio, param.speed_ratio, 0.03);
    EXPECT_EQ(fitted->is_partial, param.is_partial);
    EXPECT_LE(script.calls, 9);
}

INSTANTIATE_TEST_SUITE_P(
    All, Fits,
    testing::Values(Case{"ShortIsNotSlowed", milliseconds{900}, 10, 0.9, 1.0, false},
                    Case{"ExactlyFull", milliseconds{2'000}, 10, 2.0, 1.0, false},
                    Case{"AHairTooLongIsTrimmed", milliseconds{2'010}, 1, 2.0, 1.0, false},
                    Case{"ByRateAlone", milliseconds{3'000}, 10, 2.0, 1.5, false},
                    Case{"ByStretchAlone", milliseconds{3'000}, 1, 2.0, 1.5, false},
                    Case{"ByRateThenStretch", milliseconds{3'600}, 1.4, 2.0, 1.8, false},
                    Case{"AtTheLimit", milliseconds{4'000}, 10, 2.0, 2.0, false},
                    Case{"SlightOverrunIsTrimmed", milliseconds{4'300}, 10, 2.0, 2.0, false},
                    Case{"MoreIsTrimmedWithNotice", milliseconds{4'600}, 10, 2.0, 2.0, true}),
    [](const auto& fit) { return fit.param.name; });

TEST(Fitting, AsksNoOftenerThanIsWorthIt) {
    for (const int tries : {1, 2}) {
        FakeSynthesizer::Script script{
            .natural = milliseconds{3'000}, .fastest = 1.2, .most_tries = tries};
        FakeSynthesizer synthesizer{script};

        const auto fitted = speak_within(synthesizer, {.text = "hola", .language = "es"},
                                         milliseconds{2'000}, FitLimits{}, {});

        ASSERT_TRUE(fitted.has_value()) << fitted.error().message();
        EXPECT_EQ(script.calls, tries);
        EXPECT_NEAR(fitted->speech.seconds(), 2.0, 0.03);  // the rest is stretched
    }
}

TEST(Fitting, MakesDoWithWhatAServiceHasSpoken) {
    for (const auto code : {ErrorCode::kUnavailable, ErrorCode::kExhausted, ErrorCode::kTimeout}) {
        FakeSynthesizer::Script script{.natural = milliseconds{3'000}, .then_fails = code};
        FakeSynthesizer synthesizer{script};

        const auto fitted = speak_within(synthesizer, {.text = "hola", .language = "es"},
                                         milliseconds{2'000}, FitLimits{}, {});

        ASSERT_TRUE(fitted.has_value()) << fitted.error().message();
        EXPECT_NEAR(fitted->speed_ratio, 1.5, 0.03);
        EXPECT_EQ(script.calls, 2);
    }
}

TEST(Fitting, SaysHowMuchCanBeUsed) {
    FakeSynthesizer::Script script{.natural = milliseconds{60'000}, .ends_at_longest = true};
    FakeSynthesizer synthesizer{script};

    const auto fitted = speak_within(synthesizer, {.text = "hola", .language = "es"},
                                     milliseconds{2'000}, FitLimits{}, {});

    // Twice as fast and a fifth trimmed; then, twice as fast already, the fifth alone.
    ASSERT_EQ(script.longest.size(), 2U);
    EXPECT_NEAR(script.longest[0], 4.8, 0.001);
    EXPECT_NEAR(script.longest[1], 2.4, 0.001);
    EXPECT_EQ(script.last_speed, 2.0);
    ASSERT_FALSE(fitted.has_value());
    EXPECT_TRUE(fitted.error().message().starts_with(
        "DURATION_MISMATCH_EXCEEDED: at least 4.9 s of speech for 2.0 s"))
        << fitted.error().message();
}

TEST(Fitting, WantsAllOfWhatIsTrimmedInAnyCase) {
    FakeSynthesizer::Script script{
        .natural = milliseconds{12'000}, .fastest = 1.2, .most_tries = 2, .ends_at_longest = true};
    FakeSynthesizer synthesizer{script};

    const auto fitted = speak_within(synthesizer, {.text = "hola", .language = "es"},
                                     milliseconds{2'000}, {.beyond = OverrunPolicy::kTrim}, {});

    ASSERT_TRUE(fitted.has_value()) << fitted.error().message();
    EXPECT_EQ(script.longest, (std::vector<double>{0.0, 0.0}));
    EXPECT_NEAR(fitted->overrun, 2.0, 0.02);
    EXPECT_NEAR(fitted->speed_ratio, 2.0, 0.02);
}

/// The first time it goes on and on, as voices of services may.
class Rambler final : public Synthesizer {
  public:
    explicit Rambler(FakeSynthesizer::Script& script) : script_{script}, voice_{script} {}

    [[nodiscard]] std::string_view name() const noexcept override { return "rambler"; }
    [[nodiscard]] int most_tries() const noexcept override { return 2; }
    Result<void> prepare(std::string_view /*language*/, std::string_view /*voice*/) override {
        return {};
    }
    Result<PcmChunk> synthesise(const SynthesisRequest& request,
                                const std::stop_token& stop) override {
        auto spoken = voice_.synthesise(request, stop);
        script_.natural = later;
        return spoken;
    }

    milliseconds later{};

  private:
    FakeSynthesizer::Script& script_;
    FakeSynthesizer voice_;
};

TEST(Fitting, AsksAgainWhenAVoiceHasNoEnd) {
    FakeSynthesizer::Script script{.natural = milliseconds{60'000}, .ends_at_longest = true};
    Rambler synthesizer{script};
    synthesizer.later = milliseconds{3'000};

    const auto fitted = speak_within(synthesizer, {.text = "hola", .language = "es"},
                                     milliseconds{2'000}, FitLimits{}, {});

    ASSERT_TRUE(fitted.has_value()) << fitted.error().message();
    EXPECT_NEAR(fitted->speech.seconds(), 1.5, 0.01);
    EXPECT_EQ(fitted->speed_ratio, 2.0);
    EXPECT_FALSE(fitted->is_partial);
}

TEST(Fitting, PrefersWhatHasAnEndToWhatIsLonger) {
    FakeSynthesizer::Script script{.natural = milliseconds{3'000}, .ends_at_longest = true};
    Rambler synthesizer{script};
    synthesizer.later = milliseconds{60'000};

    const auto fitted = speak_within(synthesizer, {.text = "hola", .language = "es"},
                                     milliseconds{2'000}, FitLimits{}, {});

    ASSERT_TRUE(fitted.has_value()) << fitted.error().message();
    EXPECT_NEAR(fitted->speech.seconds(), 2.0, 0.01);
    EXPECT_NEAR(fitted->speed_ratio, 1.5, 0.01);
}

TEST(Fitting, GivesUpOnFarTooMuch) {
    FakeSynthesizer::Script script{.natural = milliseconds{5'000}};
    FakeSynthesizer synthesizer{script};

    const auto fitted = speak_within(synthesizer, {.text = "hola", .language = "es"},
                                     milliseconds{2'000}, FitLimits{}, {});

    ASSERT_FALSE(fitted.has_value());
    EXPECT_EQ(
        fitted.error().message(),
        "DURATION_MISMATCH_EXCEEDED: at least 5.0 s of speech for 2.0 s, 25 % over at 2.00 times "
        "natural speed");
}

TEST(Fitting, FarTooMuchMayBeTrimmedAllTheSame) {
    FakeSynthesizer::Script script{.natural = milliseconds{5'000}};
    FakeSynthesizer synthesizer{script};

    const auto fitted = speak_within(synthesizer, {.text = "hola", .language = "es"},
                                     milliseconds{2'000}, {.beyond = OverrunPolicy::kTrim}, {});

    ASSERT_TRUE(fitted.has_value());
    EXPECT_NEAR(fitted->speech.seconds(), 2.0, 0.01);
    EXPECT_NEAR(fitted->overrun, 0.25, 0.01);
    EXPECT_TRUE(fitted->is_partial);
    EXPECT_TRUE(fitted->exceeds_limits);
}

TEST(Fitting, TheLimitsThemselvesCanBeMoved) {
    FakeSynthesizer::Script script{.natural = milliseconds{3'000}};
    FakeSynthesizer synthesizer{script};

    const auto fitted =
        speak_within(synthesizer, {.text = "hola", .language = "es"}, milliseconds{2'000},
                     {.max_speed = 1.25, .trim_silently = 0.15, .trim_with_notice = 0.25}, {});

    ASSERT_TRUE(fitted.has_value());
    EXPECT_NEAR(fitted->speed_ratio, 1.25, 0.01);
    EXPECT_NEAR(fitted->overrun, 0.20, 0.01);
    EXPECT_TRUE(fitted->is_partial);
    EXPECT_FALSE(fitted->exceeds_limits);
}

TEST(Fitting, ShortSpeechIsSlowedAsFarAsAllowed) {
    FakeSynthesizer::Script script{.natural = milliseconds{1'000}};
    FakeSynthesizer synthesizer{script};

    const auto fitted = speak_within(synthesizer, {.text = "hola", .language = "es"},
                                     milliseconds{2'000}, {.min_speed = 0.8}, {});

    ASSERT_TRUE(fitted.has_value());
    EXPECT_NEAR(fitted->speech.seconds(), 1.25, 0.01);
    EXPECT_NEAR(fitted->speed_ratio, 0.8, 0.01);
    EXPECT_FALSE(fitted->is_partial);
}

TEST(Fitting, ATrimmedEndFadesOut) {
    FakeSynthesizer::Script script{.natural = milliseconds{4'300}, .level = 0.5F};
    FakeSynthesizer synthesizer{script};

    const auto fitted = speak_within(synthesizer, {.text = "hola", .language = "es"},
                                     milliseconds{2'000}, FitLimits{}, {});

    ASSERT_TRUE(fitted.has_value());
    EXPECT_LT(std::abs(fitted->speech.samples.back()), 0.01F);
}

TEST(Fitting, StopsWhenToldTo) {
    FakeSynthesizer::Script script;
    FakeSynthesizer synthesizer{script};
    std::stop_source stop;
    stop.request_stop();

    const auto fitted = speak_within(synthesizer, {.text = "hola", .language = "es"},
                                     milliseconds{2'000}, FitLimits{}, stop.get_token());

    ASSERT_FALSE(fitted.has_value());
    EXPECT_EQ(fitted.error().code(), ErrorCode::kCancelled);
}

}  // namespace
}  // namespace livedub::speech
