// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "http/client.hpp"

#include <cstdlib>
#include <memory>
#include <ostream>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "http/server.hpp"
#include "net/asio.hpp"
#include "net/io_thread.hpp"

namespace livedub::http {
namespace {

using namespace std::chrono_literals;

Response answer(const Request& request) {
    if (request.path == "/moved") {
        return {.status = 302, .body = "there", .headers = {{"Location", "/echo"}}};
    }
    if (request.path == "/long") {
        return {.body = std::string(100, 'x')};
    }
    const auto header = [&](const char* name) {
        const auto found = request.headers.find(name);
        return found == request.headers.end() ? std::string{"-"} : found->second;
    };
    return {.status = request.path == "/missing" ? 404 : 200,
            .content_type = "application/json",
            .body = fmt::format("{} {} [{}] type={} token={} expect={} auth={}", request.method,
                                request.path, request.body, header("content-type"),
                                header("x-token"), header("expect"), header("authorization"))};
}

class HttpClient : public testing::Test {
  protected:
    void SetUp() override {
        auto started = Server::start(io_, "127.0.0.1", 0, answer);
        ASSERT_TRUE(started.has_value()) << started.error().message();
        server_ = std::move(*started);
    }

    [[nodiscard]] std::string url(const std::string& path) const {
        return fmt::format("http://127.0.0.1:{}{}", server_->port(), path);
    }

    net::IoThread io_;
    std::unique_ptr<Server> server_;
};

TEST_F(HttpClient, GetsAPage) {
    const auto page = fetch({.url = url("/echo")});

    ASSERT_TRUE(page.has_value()) << page.error().message();
    EXPECT_EQ(page->status, 200);
    EXPECT_EQ(page->content_type, "application/json");
    EXPECT_EQ(page->body, "GET /echo [] type=- token=- expect=- auth=-");
}

TEST_F(HttpClient, SendsMethodHeadersAndBody) {
    const auto page = fetch({.url = url("/echo"),
                             .method = "PATCH",
                             .headers = {{"X-Token", "abc"}, {"Content-Type", "application/json"}},
                             .body = "{}"});

    ASSERT_TRUE(page.has_value()) << page.error().message();
    EXPECT_EQ(page->body, "PATCH /echo [{}] type=application/json token=abc expect=- auth=-");
}

TEST_F(HttpClient, SendsABodyLongEnoughForCurlToAskFirst) {
    const auto page =
        fetch({.url = url("/echo"), .method = "POST", .body = std::string(2'000, 'a')});

    ASSERT_TRUE(page.has_value()) << page.error().message();
    EXPECT_EQ(page->body, fmt::format("POST /echo [{}] type=- token=- expect=- auth=-",
                                      std::string(2'000, 'a')));
}

TEST_F(HttpClient, HeadHasNoBody) {
    const auto page = fetch({.url = url("/echo"), .method = "HEAD"});

    ASSERT_TRUE(page.has_value()) << page.error().message();
    EXPECT_EQ(page->status, 200);
    EXPECT_EQ(page->body, "");
}

TEST_F(HttpClient, AStatusIsAnAnswer) {
    const auto page = fetch({.url = url("/missing")});

    ASSERT_TRUE(page.has_value()) << page.error().message();
    EXPECT_EQ(page->status, 404);
}

TEST_F(HttpClient, FollowsNothing) {
    const auto page = fetch({.url = url("/moved")});

    ASSERT_TRUE(page.has_value()) << page.error().message();
    EXPECT_EQ(page->status, 302);
    EXPECT_EQ(page->body, "there");
}

TEST_F(HttpClient, SendsCredentialsOfTheUrl) {
    const auto page =
        fetch({.url = fmt::format("http://me:secret@127.0.0.1:{}/echo", server_->port())});

    ASSERT_TRUE(page.has_value()) << page.error().message();
    EXPECT_NE(page->body.find("auth=Basic bWU6c2VjcmV0"), std::string::npos) << page->body;
}

TEST_F(HttpClient, GoesToTheLoopbackPastAnyProxy) {
    ::setenv("http_proxy", "http://127.0.0.1:1", 1);
    const auto page = fetch({.url = url("/echo")});
    ::unsetenv("http_proxy");

    EXPECT_TRUE(page.has_value()) << page.error().message();
}

TEST_F(HttpClient, TakesNoMoreThanItMay) {
    EXPECT_TRUE(fetch({.url = url("/long"), .max_bytes = 100}).has_value());

    const auto page = fetch({.url = url("/long"), .max_bytes = 99});
    ASSERT_FALSE(page.has_value());
    EXPECT_EQ(page.error().code(), ErrorCode::kExhausted);
    EXPECT_EQ(page.error().message(), url("/long") + ": the answer is longer than 99 bytes");
}

TEST_F(HttpClient, ServesManyThreadsAtOnce) {
    std::vector<std::jthread> threads;
    std::vector<int> statuses(8);
    for (auto& status : statuses) {
        threads.emplace_back([&status, this] {
            const auto page = fetch({.url = url("/echo")});
            status = page ? page->status : -1;
        });
    }
    threads.clear();

    EXPECT_EQ(statuses, std::vector<int>(8, 200));
}

/// Says `reply` to whoever connects first. Without one it accepts nobody: the kernel does, and
/// nothing is ever said.
class Peer {
  public:
    enum class Then { kGo, kStay };

    explicit Peer(std::string reply = "", Then then = Then::kGo) : reply_{std::move(reply)} {
        if (!reply_.empty()) {
            thread_ = std::jthread{[this, then] {
                net::error_code error;
                acceptor_.accept(socket_, error);
                socket_.send(net::asio::buffer(reply_), 0, error);
                if (then == Then::kGo) {
                    socket_.shutdown(net::Tcp::socket::shutdown_send, error);
                }
            }};
        }
    }

    [[nodiscard]] std::string url() const {
        return fmt::format("http://127.0.0.1:{}/x", acceptor_.local_endpoint().port());
    }

  private:
    std::string reply_;
    net::asio::io_context context_;
    net::Tcp::acceptor acceptor_{context_, {net::asio::ip::address_v4::loopback(), 0}};
    net::Tcp::socket socket_{context_};
    std::jthread thread_;
};

TEST(HttpClientFails, InTimeWhenNothingIsSaid) {
    const Peer peer;

    const auto page = fetch({.url = peer.url(), .total_timeout = 50ms});

    ASSERT_FALSE(page.has_value());
    EXPECT_EQ(page.error().code(), ErrorCode::kTimeout) << page.error().message();
}

TEST(HttpClientFails, AtOnceWhenStopped) {
    const Peer peer;
    std::stop_source stop;
    const std::jthread later{[&stop] { stop.request_stop(); }};
    const auto begin = std::chrono::steady_clock::now();

    const auto page = fetch({.url = peer.url(), .total_timeout = 30s}, stop.get_token());

    ASSERT_FALSE(page.has_value());
    EXPECT_EQ(page.error().code(), ErrorCode::kCancelled) << page.error().message();
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 10s);
}

TEST(HttpClientFails, WhenTheAnswerIsNotHttp) {
    const Peer peer{"220 mail.example.org ESMTP\r\n"};

    const auto page = fetch({.url = peer.url()});

    ASSERT_FALSE(page.has_value());
    EXPECT_EQ(page.error().code(), ErrorCode::kProtocol) << page.error().message();
}

TEST(HttpClientFails, WhenTheAnswerBreaksOff) {
    const Peer peer{"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"};

    const auto page = fetch({.url = peer.url()});

    ASSERT_FALSE(page.has_value());
    EXPECT_EQ(page.error().code(), ErrorCode::kUnavailable) << page.error().message();
}

TEST(HttpClientFails, WhenNobodyListensAndKeepsThePasswordToItself) {
    std::uint16_t port = 0;
    {
        net::asio::io_context context;
        const net::Tcp::acceptor free{context, {net::asio::ip::address_v4::loopback(), 0}};
        port = free.local_endpoint().port();
    }

    const auto page =
        fetch({.url = fmt::format("http://me:secret@127.0.0.1:{}/v3?token=secret", port)});

    ASSERT_FALSE(page.has_value());
    EXPECT_EQ(page.error().code(), ErrorCode::kUnavailable);
    EXPECT_EQ(page.error().message().rfind(fmt::format("http://127.0.0.1:{}/v3: ", port), 0), 0U)
        << page.error().message();
    EXPECT_EQ(page.error().message().find("secret"), std::string::npos);
}

TEST(HttpClientFails, WhenTheAnswerStandsStill) {
    const Peer peer{"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", Peer::Then::kStay};

    const auto page = fetch({.url = peer.url(), .total_timeout = 30s, .stall_timeout = 50ms});

    ASSERT_FALSE(page.has_value());
    EXPECT_EQ(page.error().code(), ErrorCode::kTimeout) << page.error().message();
    EXPECT_NE(page.error().message().find("nothing more came"), std::string::npos);
}

TEST(HttpClientStops, AnAnswerThatIsEnough) {
    const Peer peer{"HTTP/1.1 201 OK\r\nContent-Length: 10\r\nContent-Type: a/b\r\n\r\nhalf",
                    Peer::Then::kStay};

    const auto page = fetch({.url = peer.url(), .total_timeout = 30s, .is_enough = [](auto& it) {
                                 return it.status == 201 && it.content_type == "a/b";
                             }});

    ASSERT_TRUE(page.has_value()) << page.error().message();
    EXPECT_EQ(page->body, "half");
    EXPECT_FALSE(page->is_whole);
}

TEST_F(HttpClient, AsksWhetherItIsEnoughAndGoesOn) {
    std::string seen;
    const auto page = fetch({.url = url("/echo"), .is_enough = [&](const FetchedPage& so_far) {
                                 seen = so_far.body;
                                 return false;
                             }});

    ASSERT_TRUE(page.has_value()) << page.error().message();
    EXPECT_EQ(page->body, seen);
    EXPECT_TRUE(page->is_whole);
}

struct BadRequest {
    std::string name;
    FetchRequest request;

    friend void PrintTo(const BadRequest& bad, std::ostream* out) { *out << bad.name; }
};

class HttpClientRefuses : public testing::TestWithParam<BadRequest> {};

TEST_P(HttpClientRefuses, WhatCannotBeSent) {
    const auto page = fetch(GetParam().request);

    ASSERT_FALSE(page.has_value());
    EXPECT_EQ(page.error().code(), ErrorCode::kInvalidArgument) << page.error().message();
}

const std::string kSomewhere = "http://127.0.0.1:1/";

INSTANTIATE_TEST_SUITE_P(
    All, HttpClientRefuses,
    testing::Values(BadRequest{"NoUrl", {.url = ""}},
                    BadRequest{"NoScheme", {.url = "127.0.0.1:80/x"}},
                    BadRequest{"File", {.url = "file:///etc/hostname"}},
                    BadRequest{"Ftp", {.url = "ftp://127.0.0.1/x"}},
                    BadRequest{"SpaceInUrl", {.url = "http://127.0.0.1/a b"}},
                    BadRequest{"LineInUrl", {.url = "http://127.0.0.1/\r\nX: y"}},
                    BadRequest{"Method", {.url = kSomewhere, .method = "GET /x"}},
                    BadRequest{"NoMethod", {.url = kSomewhere, .method = ""}},
                    BadRequest{"HeaderName", {.url = kSomewhere, .headers = {{"X Y", "z"}}}},
                    BadRequest{"HeaderValue",
                               {.url = kSomewhere, .headers = {{"X", "y\r\nEvil: z"}}}}),
    [](const auto& bad) { return bad.param.name; });

TEST(ShownUrl, LeavesSecretsOut) {
    EXPECT_EQ(shown_url("http://h:1/v3/paths"), "http://h:1/v3/paths");
    EXPECT_EQ(shown_url("https://me:pass@h/x?token=1#y"), "https://h/x");
    EXPECT_EQ(shown_url("https://me:p@ss@h"), "https://h");
    EXPECT_EQ(shown_url("http://h/a@b"), "http://h/a@b");
    EXPECT_EQ(shown_url("me:pass@h/x"), "h/x");
    EXPECT_EQ(shown_url(""), "");
}

}  // namespace
}  // namespace livedub::http
