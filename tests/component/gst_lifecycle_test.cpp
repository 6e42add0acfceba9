// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Starting and stopping, over and over and at bad moments: bounded in time, and no thread or file
// descriptor is left behind.

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <variant>

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "component/gst_audio.hpp"
#include "gst/aac_decoder.hpp"
#include "gst/aac_encoder.hpp"
#include "gst/rtmp_egress.hpp"
#include "gst/rtmp_ingest.hpp"

namespace livedub::gst {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr int kCycles = 200;

enum class Answer {
    kRefuses = 1,  // bound, but nobody listens
    kNothing = 2,  // the kernel accepts, nobody ever answers
};

/// A TCP port on loopback that is nobody's RTMP server.
class DeadPort {
  public:
    explicit DeadPort(Answer answer) : socket_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
        sockaddr_in address = {};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        auto* const raw = reinterpret_cast<sockaddr*>(&address);
        socklen_t size = sizeof(address);
        EXPECT_EQ(::bind(socket_, raw, size), 0);
        EXPECT_EQ(::getsockname(socket_, raw, &size), 0);
        if (answer == Answer::kNothing) {
            EXPECT_EQ(::listen(socket_, 1'000), 0);
        }
        url_ = "rtmp://127.0.0.1:" + std::to_string(ntohs(address.sin_port)) + "/live/x/in";
    }
    ~DeadPort() { ::close(socket_); }
    DeadPort(const DeadPort&) = delete;
    DeadPort& operator=(const DeadPort&) = delete;

    [[nodiscard]] const std::string& url() const { return url_; }

  private:
    int socket_;
    std::string url_;
};

std::size_t entries_in(const char* directory) {
    return static_cast<std::size_t>(
        std::distance(std::filesystem::directory_iterator{directory}, {}));
}

/// Threads end shortly after their pipeline, so a count may take a moment to come down.
bool comes_down_to(const char* directory, std::size_t limit) {
    const auto deadline = steady_clock::now() + std::chrono::seconds{20};
    while (entries_in(directory) > limit) {
        if (steady_clock::now() > deadline) {
            return false;
        }
        std::this_thread::yield();
    }
    return true;
}

void expect_no_growth(const std::function<void()>& cycle) {
    for (int i = 0; i < 10; ++i) {
        cycle();  // GLib and GStreamer keep a few threads and descriptors for good
    }
    const std::size_t threads = entries_in("/proc/self/task");
    const std::size_t files = entries_in("/proc/self/fd");
    for (int i = 0; i < kCycles; ++i) {
        cycle();
    }
    // What leaks does so in every cycle. A handful more is GLib's shared pool of threads, which
    // keeps as many, each with its descriptors, as ever happened to be busy at once.
    constexpr std::size_t kPool = kCycles / 4;
    EXPECT_TRUE(comes_down_to("/proc/self/task", threads + kPool)) << entries_in("/proc/self/task");
    EXPECT_TRUE(comes_down_to("/proc/self/fd", files + kPool)) << entries_in("/proc/self/fd");
}

TEST(RtmpIngest, SaysThatTheConnectionWasRefused) {
    const DeadPort port{Answer::kRefuses};
    Collector<IngestItem> items;
    auto ingest = RtmpIngest::start(port.url(), items.callback());
    ASSERT_TRUE(ingest.has_value());

    ASSERT_TRUE(items.wait_for(1));

    const auto all = items.items();
    ASSERT_TRUE(std::holds_alternative<IngestEnd>(all.front()));
    const auto& error = std::get<IngestEnd>(all.front()).error;
    ASSERT_TRUE(error.has_value());
    EXPECT_EQ(error->code(), ErrorCode::kUnavailable);
    EXPECT_NE(error->message().find("Connection refused"), std::string::npos) << error->message();
    ingest->reset();
    EXPECT_EQ(items.items().size(), 1U) << "the end comes once";
}

TEST(RtmpIngest, RefusesAUrlThatIsNone) {
    for (const char* url :
         {"no url at all", "http://127.0.0.1/live/x/in", "rtmp://", "rtmp://host"}) {
        const auto ingest = RtmpIngest::start(url, [](const IngestItem&) {});
        const auto egress = RtmpEgress::start(url, [](const Error&) {});

        ASSERT_FALSE(ingest.has_value()) << url;
        EXPECT_EQ(ingest.error().code(), ErrorCode::kInvalidArgument);
        ASSERT_FALSE(egress.has_value()) << url;
        EXPECT_EQ(egress.error().code(), ErrorCode::kInvalidArgument);
    }
}

TEST(RtmpEgress, SaysThatTheConnectionWasRefused) {
    const DeadPort port{Answer::kRefuses};
    Collector<Error> ends;
    auto egress = RtmpEgress::start(port.url(), ends.callback());
    ASSERT_TRUE(egress.has_value());

    ASSERT_TRUE(ends.wait_for(1));

    EXPECT_EQ(ends.items().front().code(), ErrorCode::kUnavailable);
    EXPECT_NE(ends.items().front().message().find("Connection refused"), std::string::npos);
    const EncodedUnit unit{.payload = std::make_shared<const Bytes>(Bytes{2, 0, 0})};
    EXPECT_FALSE((*egress)->push(unit, 0)) << "it has ended";
    (*egress)->finish();
    EXPECT_EQ(ends.items().size(), 1U);
}

TEST(RtmpEgress, HoldsFourSecondsAndNoMore) {
    const DeadPort port{Answer::kNothing};
    auto egress = RtmpEgress::start(port.url(), [](const Error&) {});
    ASSERT_TRUE(egress.has_value());
    const EncodedUnit unit{.kind = UnitKind::kVideoFrame,
                           .codec = Codec::kH264,
                           .payload = std::make_shared<const Bytes>(Bytes(300, 0x27))};

    std::uint32_t taken_ms = 0;
    while (taken_ms < 60'000 && (*egress)->push(unit, taken_ms + 0xFFFFFC00U)) {
        taken_ms += 40;
    }

    EXPECT_GE(taken_ms, 3'900U);
    EXPECT_LE(taken_ms, 4'300U);
}

TEST(RtmpEgress, HoldsSixteenMebibytesAndNoMore) {
    const DeadPort port{Answer::kNothing};
    auto egress = RtmpEgress::start(port.url(), [](const Error&) {});
    ASSERT_TRUE(egress.has_value());
    const EncodedUnit unit{.kind = UnitKind::kVideoFrame,
                           .codec = Codec::kH264,
                           .payload = std::make_shared<const Bytes>(Bytes(1U << 20U, 0x27))};

    std::uint32_t taken = 0;
    while (taken < 100 && (*egress)->push(unit, taken)) {
        ++taken;
    }

    EXPECT_GE(taken, 15U);
    EXPECT_LE(taken, 18U);  // one may have left the queue to wait in the sink
}

TEST(RtmpEgress, FinishIsBoundedWhenTheServerIsSilent) {
    const DeadPort port{Answer::kNothing};
    auto egress = RtmpEgress::start(port.url(), [](const Error&) {});
    ASSERT_TRUE(egress.has_value());
    const EncodedUnit unit{.payload = std::make_shared<const Bytes>(Bytes{2, 0, 0})};
    ASSERT_TRUE((*egress)->push(unit, 0));

    const auto begin = steady_clock::now();
    (*egress)->finish();

    EXPECT_LT(steady_clock::now() - begin, milliseconds{4'500});
}

TEST(RtmpIngest, LeavesNothingBehind) {
    const DeadPort refusing{Answer::kRefuses};
    const DeadPort silent{Answer::kNothing};
    bool is_silent = false;

    expect_no_growth([&] {
        is_silent = !is_silent;
        auto ingest =
            RtmpIngest::start(is_silent ? silent.url() : refusing.url(), [](const IngestItem&) {});
        ASSERT_TRUE(ingest.has_value());
    });
}

TEST(RtmpEgress, LeavesNothingBehind) {
    const DeadPort refusing{Answer::kRefuses};
    const DeadPort silent{Answer::kNothing};
    const EncodedUnit unit{.payload = std::make_shared<const Bytes>(Bytes(100, 2))};
    bool is_silent = false;

    expect_no_growth([&] {
        is_silent = !is_silent;
        auto egress =
            RtmpEgress::start(is_silent ? silent.url() : refusing.url(), [](const Error&) {});
        ASSERT_TRUE(egress.has_value());
        (void)(*egress)->push(unit, 0);
    });
}

TEST(AudioDecoder, LeavesNothingBehind) {
    Bytes config;
    const auto frames = encode(kStereo48k, sweeps(kStereo48k, 10'000), config);

    expect_no_growth([&] {
        auto decoder =
            AudioDecoder::start(Codec::kAac, config, kStereo48k, [](const PcmChunk&) {}, {});
        ASSERT_TRUE(decoder.has_value());
        for (const auto& frame : frames) {
            ASSERT_TRUE((*decoder)->push(frame.payload, StreamTime{}));
        }
    });
}

TEST(AacEncoder, LeavesNothingBehind) {
    const auto samples = sweeps(kStereo48k, 10'000);

    expect_no_growth([&] {
        auto encoder = AacEncoder::start(kStereo48k, 128'000, [](const AacFrame&) {});
        ASSERT_TRUE(encoder.has_value());
        ASSERT_TRUE((*encoder)->push(samples));
    });
}

}  // namespace
}  // namespace livedub::gst
