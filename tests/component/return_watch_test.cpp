// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "sts_client/return_watch.hpp"

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "http/server.hpp"
#include "net/asio.hpp"
#include "net/io_thread.hpp"

namespace livedub::sts_client {
namespace {

constexpr std::chrono::seconds kPatience{20};

/// A service whose /ready answers what it is told to, once it is there.
class ReturnWatchTest : public testing::Test {
  protected:
    void TearDown() override { unwatch(); }

    std::uint16_t serve(int status, std::uint16_t port = 0) {
        status_ = status;
        auto started =
            http::Server::start(io_, "127.0.0.1", port, [this](const http::Request& request) {
                if (request.path == "/ready" && ++asked_ == 2) {
                    asked_twice_.set_value();
                }
                return http::Response{.status = status_, .content_type = "text/plain", .body = "x"};
            });
        EXPECT_TRUE(started.has_value());
        server_ = std::move(*started);
        return server_->port();
    }

    void watch(std::uint16_t port, std::promise<void>& returned) {
        StsClientConfig config;
        config.url = "http://127.0.0.1:" + std::to_string(port);
        io_.call([&] {
            watch_ = std::make_unique<ReturnWatch>(io_, config, [this, &returned] {
                watch_.reset();
                returned.set_value();  // twice would throw
            });
        });
    }

    void unwatch() {
        io_.call([this] { watch_.reset(); });
    }

    static bool comes(std::promise<void>& news) {
        return news.get_future().wait_for(kPatience) == std::future_status::ready;
    }

    std::promise<void> asked_twice_;
    net::IoThread io_;

  private:
    std::atomic<int> status_ = 0;
    std::atomic<int> asked_ = 0;
    std::unique_ptr<ReturnWatch> watch_;  // io thread
    std::unique_ptr<http::Server> server_;

  protected:
    void answer(int status) { status_ = status; }
    [[nodiscard]] int asked() const { return asked_; }
};

TEST_F(ReturnWatchTest, AServiceThatWasNotThereIsBackWhenItAnswers) {
    std::promise<void> returned;
    std::uint16_t port = 0;
    {
        net::asio::io_context context;
        net::Tcp::acceptor nobody{context, {net::asio::ip::address_v4::loopback(), 0}};
        port = nobody.local_endpoint().port();
        watch(port, returned);
        nobody.accept().close();  // the watch has asked, and has no answer
    }
    serve(200, port);
    EXPECT_TRUE(comes(returned));
}

TEST_F(ReturnWatchTest, AServiceThatWasNotReadyIsBackWhenItIs) {
    const auto port = serve(503);
    std::promise<void> returned;
    watch(port, returned);
    ASSERT_TRUE(comes(asked_twice_)) << "503 ends no watch";
    answer(200);
    EXPECT_TRUE(comes(returned));
}

TEST_F(ReturnWatchTest, AServerWithoutSuchAPageIsBackWhenItSaysSo) {
    const auto port = serve(503);
    std::promise<void> returned;
    watch(port, returned);
    ASSERT_TRUE(comes(asked_twice_));
    answer(404);
    EXPECT_TRUE(comes(returned));
}

TEST_F(ReturnWatchTest, OneThatIsThereFromTheBeginningIsNoNewsAndIsAskedOnce) {
    const auto port = serve(200);
    std::promise<void> no_news;
    watch(port, no_news);
    // Another watch begins later and is asked every second: the first would have been asked again.
    auto other =
        http::Server::start(io_, "127.0.0.1", 0, [count = 0](const http::Request&) mutable {
            return http::Response{
                .status = ++count < 3 ? 503 : 200, .content_type = {}, .body = {}};
        });
    ASSERT_TRUE(other.has_value());
    StsClientConfig config;
    config.url = "http://127.0.0.1:" + std::to_string((*other)->port());
    std::promise<void> later;
    std::unique_ptr<ReturnWatch> second;
    io_.call([&] {
        second = std::make_unique<ReturnWatch>(io_, config, [&later] { later.set_value(); });
    });
    EXPECT_TRUE(comes(later));
    io_.call([&] { second.reset(); });
    EXPECT_EQ(asked(), 1);
    EXPECT_EQ(no_news.get_future().wait_for(std::chrono::seconds{0}), std::future_status::timeout);
}

}  // namespace
}  // namespace livedub::sts_client
