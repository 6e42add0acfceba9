// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/whisper/messages.hpp"

#include <chrono>
#include <thread>

#include <gtest/gtest.h>

#include "engines/whisper/channel.hpp"

namespace livedub::whisper {
namespace {

using namespace std::chrono_literals;

Heard some_words() {
    return {.has_voice = true,
            .language = "es",
            .segments = {
                {.no_speech_probability = 0.25F,
                 .tokens =
                     {{.bytes = " ca\xC3", .begin_cs = 12, .end_cs = 40, .log_probability = -0.5F},
                      {.bytes = "\xB1on", .begin_cs = 40, .end_cs = 55}}},
                {}}};
}

TEST(Messages, ComeBackAsTheyWere) {
    const auto words = *heard_from(to_body(some_words()));
    EXPECT_EQ(words.language, "es");
    ASSERT_EQ(words.segments.size(), 2U);
    EXPECT_EQ(words.segments[0].no_speech_probability, 0.25F);
    ASSERT_EQ(words.segments[0].tokens.size(), 2U);
    EXPECT_EQ(words.segments[0].tokens[0].bytes, " ca\xC3");
    EXPECT_EQ(words.segments[0].tokens[0].end_cs, 40);
    EXPECT_EQ(words.segments[0].tokens[0].log_probability, -0.5F);

    const auto request = *hear_request_from(to_body(HearRequest{.threads = 3,
                                                                .beam_size = 5,
                                                                .temperature = 0.2F,
                                                                .audio_ctx = 448,
                                                                .language = "en",
                                                                .prompt = "Football.",
                                                                .samples = {1, -2, 32'767}}));
    EXPECT_EQ(request.threads, 3);
    EXPECT_EQ(request.temperature, 0.2F);
    EXPECT_EQ(request.prompt, "Football.");
    EXPECT_EQ(request.samples, (std::vector<std::int16_t>{1, -2, 32'767}));

    const auto ready = *ready_from(
        to_body(Ready{.version = "1.9", .languages = {"en", "es"}, .audio_ctx = 1'500}));
    EXPECT_EQ(ready.languages, (std::vector<std::string>{"en", "es"}));
    EXPECT_FALSE(ready.has_voice_gate);

    const auto error = error_from(to_body(Error{ErrorCode::kExhausted, "no memory"}));
    EXPECT_EQ(error.code(), ErrorCode::kExhausted);
    EXPECT_EQ(error.message(), "no memory");
}

TEST(Messages, AnyTruncationIsAnError) {
    const auto body = to_body(some_words());
    for (std::size_t size = 0; size < body.size(); ++size) {
        EXPECT_FALSE(heard_from(body.substr(0, size))) << size;
    }
    EXPECT_FALSE(heard_from(body + "x"));
    EXPECT_EQ(error_from("").code(), ErrorCode::kProtocol);
}

TEST(Messages, CountsThatCannotBeAreRefusedBeforeMemoryIsTaken) {
    auto body = to_body(MeasureRequest{.threads = 1, .audio_ctx = 1, .beam_sizes = {1}});
    body[8] = body[9] = body[10] = '\xff';
    body[11] = '\x7f';
    EXPECT_FALSE(measure_request_from(body));
    EXPECT_FALSE(measured_from(to_body(Measured{.encode_ms = -1.0F})));
}

TEST(Channel, CarriesMessagesAndDescriptors) {
    auto [ours, theirs] = *make_channel();
    auto [passed, kept] = *make_channel();
    const std::string large(3U << 20U, 'x');  // more than a socket holds
    std::jthread sender{[&, fd = theirs.get(), other = passed.get()] {
        ASSERT_TRUE(send_message(fd, {MessageKind::kHear, large}, kForever, {}, other));
    }};
    auto received = *receive_message(ours.get(), kForever, {});
    EXPECT_EQ(received.message.kind, MessageKind::kHear);
    EXPECT_EQ(received.message.body, large);
    ASSERT_GE(received.descriptor.get(), 0);
    ASSERT_TRUE(send_message(received.descriptor.get(), {MessageKind::kReady}, kForever, {}));
    EXPECT_EQ(receive_message(kept.get(), kForever, {})->message.kind, MessageKind::kReady);
}

TEST(Channel, EndsWhenToldToAndWhenTheOtherEndHasGone) {
    auto [ours, theirs] = *make_channel();
    std::stop_source stop;
    stop.request_stop();
    EXPECT_EQ(receive_message(ours.get(), kForever, stop.get_token()).error().code(),
              ErrorCode::kCancelled);
    EXPECT_EQ(
        receive_message(ours.get(), std::chrono::steady_clock::now() + 1ms, {}).error().code(),
        ErrorCode::kTimeout);
    EXPECT_FALSE(has_news(ours.get()));
    theirs.reset();
    EXPECT_TRUE(has_news(ours.get()));
    EXPECT_EQ(receive_message(ours.get(), kForever, {}).error().code(), ErrorCode::kUnavailable);
    EXPECT_EQ(send_message(ours.get(), {}, kForever, {}).error().code(), ErrorCode::kUnavailable);
}

TEST(Channel, RefusesAMessageThatIsTooLarge) {
    auto [ours, theirs] = *make_channel();
    const std::uint32_t header[] = {1, kMostBody + 1};
    ASSERT_EQ(::write(theirs.get(), header, sizeof(header)), sizeof(header));
    EXPECT_EQ(receive_message(ours.get(), kForever, {}).error().code(), ErrorCode::kProtocol);
}

}  // namespace
}  // namespace livedub::whisper
