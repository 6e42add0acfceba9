// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Lives and deaths of the speech client's sessions, with its real threads, against servers that are
// not there or do not speak. What it says to servers that do is tested with foreign ones
// (tests/conformance/test_sts_client.py).

#include "sts_client/sts_dubber.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/io_thread.hpp"
#include "telemetry/metrics.hpp"

namespace livedub::sts_client {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr PcmFormat kFormat{48'000, 2};

/// A bound port of the loopback address: refuses connections, or takes them and says nothing.
class MutePort {
  public:
    explicit MutePort(bool is_listening) : socket_{::socket(AF_INET, SOCK_STREAM, 0)} {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        auto* const raw = reinterpret_cast<sockaddr*>(&address);
        EXPECT_EQ(::bind(socket_, raw, size), 0);
        EXPECT_EQ(::getsockname(socket_, raw, &size), 0);
        port_ = ntohs(address.sin_port);
        if (is_listening) {
            EXPECT_EQ(::listen(socket_, 64), 0);
        }
    }
    ~MutePort() { ::close(socket_); }
    MutePort(const MutePort&) = delete;
    MutePort& operator=(const MutePort&) = delete;

    [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

  private:
    int socket_;
    int port_ = 0;
};

Fragment fragment(std::uint64_t number) {
    std::vector<std::int16_t> samples(9'600);
    return {.number = number,
            .audio = *PcmChunk::make(StreamTime{}, kFormat, std::move(samples)),
            .clip = nullptr};
}

SteadyTime in(milliseconds wait) {
    return SystemClock{}.now() + wait;
}

class StsDubberTest : public testing::TestWithParam<bool> {
  protected:
    [[nodiscard]] StsClientConfig config() const {
        StsClientConfig made;
        made.url = port_.url();
        return made;
    }
    [[nodiscard]] static DubOptions options(const std::string& id) {
        return {.stream_id = id, .format = kFormat};
    }

    MutePort port_{GetParam()};
    prometheus::Registry registry_;
    net::IoThread io_;
};

INSTANTIATE_TEST_SUITE_P(Servers, StsDubberTest, testing::Bool(), [](const auto& tested) {
    return tested.param ? std::string{"Mute"} : std::string{"Absent"};
});

TEST_P(StsDubberTest, EveryFragmentIsDecidedOnceByItsDeadline) {
    constexpr std::size_t kCount = 4;
    std::array<std::promise<DubOutcome>, kCount> promises;  // a second outcome would throw
    StsDubber dubber{io_, config(), registry_};
    auto session = dubber.open(options("cam"), [&promises](DubOutcome outcome) {
        promises.at(outcome.fragment).set_value(std::move(outcome));
    });
    ASSERT_TRUE(session);
    for (std::size_t number = 0; number < kCount; ++number) {
        (*session)->request(fragment(number), in(milliseconds{300}));
    }
    for (auto& promise : promises) {
        auto future = promise.get_future();
        ASSERT_EQ(future.wait_for(seconds{20}), std::future_status::ready);
        EXPECT_EQ(future.get().fallback, FallbackReason::kStsNotReady);
    }
}

TEST_P(StsDubberTest, NoOutcomeComesAfterTheSessionIsGone) {
    StsDubber dubber{io_, config(), registry_};
    for (int round = 0; round < 50; ++round) {
        auto is_alive = std::make_shared<std::atomic<bool>>(true);
        auto session = dubber.open(
            options("cam"), [is_alive](const DubOutcome& /*outcome*/) { EXPECT_TRUE(*is_alive); });
        for (std::uint64_t number = 0; number < 3; ++number) {
            (*session)->request(fragment(number), in(milliseconds{round % 3}));
        }
        session->reset();
        *is_alive = false;
    }
}

TEST_P(StsDubberTest, ASessionMayEndInsideItsOwnOutcome) {
    StsDubber dubber{io_, config(), registry_};
    std::unique_ptr<DubSession> session;
    std::promise<void> ended;
    std::promise<void> opened;
    auto made = dubber.open(options("cam"), [&](const DubOutcome& /*outcome*/) {
        opened.get_future().wait();
        session.reset();
        ended.set_value();
    });
    ASSERT_TRUE(made);
    session = *std::move(made);
    session->request(fragment(0), in(milliseconds{0}));
    session->request(fragment(1), in(milliseconds{0}));
    opened.set_value();
    ASSERT_EQ(ended.get_future().wait_for(seconds{20}), std::future_status::ready);
}

TEST_P(StsDubberTest, SessionsComeAndGoOnManyThreads) {
    StsDubber dubber{io_, config(), registry_};
    std::vector<std::jthread> threads;
    for (int index = 0; index < 4; ++index) {
        threads.emplace_back([&dubber, index] {
            for (int round = 0; round < 25; ++round) {
                auto session = dubber.open(options("cam" + std::to_string(index)),
                                           [](const DubOutcome& /*outcome*/) {});
                (*session)->request(fragment(0), in(milliseconds{100}));
            }
        });
    }
}

TEST_P(StsDubberTest, ClosesAtOnceWhenThereIsNobodyToSayGoodbyeTo) {
    const auto begin = SystemClock{}.now();
    {
        StsDubber dubber{io_, config(), registry_};
        auto session = dubber.open(options("cam"), [](const DubOutcome& /*outcome*/) {});
        (*session)->request(fragment(0), in(seconds{60}));
        session->reset();
    }
    EXPECT_LT(SystemClock{}.now() - begin, seconds{2});
}

TEST_P(StsDubberTest, SeriesBeginWithASessionAndOutliveIt) {
    StsDubber dubber{io_, config(), registry_};
    EXPECT_EQ(expose(registry_).find("cam"), std::string::npos);
    auto session = dubber.open(options("cam"), [](const DubOutcome& /*outcome*/) {});
    io_.call([] {});  // it begins there
    EXPECT_NE(expose(registry_).find("sts_connected{stream_id=\"cam\"} 0"), std::string::npos);
    session->reset();
    EXPECT_NE(expose(registry_).find("sts_connected{stream_id=\"cam\"} 0"), std::string::npos);
}

TEST_P(StsDubberTest, SaysWhoDubs) {
    const StsDubber dubber{io_, config(), registry_};
    EXPECT_EQ(dubber.describe(), port_.url() + " (Socket.IO)");
}

}  // namespace
}  // namespace livedub::sts_client
