// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "http/download.hpp"

#include <array>
#include <memory>
#include <ostream>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "net/asio.hpp"

namespace livedub::http {
namespace {

using namespace std::chrono_literals;

/// Keeps what comes, and refuses it on demand.
class Kept final : public DownloadSink {
  public:
    Result<void> begin(const DownloadHead& head) override {
        heads.push_back(head);
        return refuses_head ? Result<void>{fail(ErrorCode::kExhausted, "no room")} : Result<void>{};
    }
    Result<void> take(std::string_view bytes) override {
        body += bytes;
        return {};
    }

    std::vector<DownloadHead> heads;
    std::string body;
    bool refuses_head = false;
};

/// Answers one connection with `reply` and keeps what it was asked. Without a reply it accepts
/// nobody: the kernel does, and nothing is ever said.
class Peer {
  public:
    explicit Peer(std::string reply = "") : reply_{std::move(reply)} {
        if (!reply_.empty()) {
            thread_ = std::jthread{[this] {
                net::error_code error;
                acceptor_.accept(socket_, error);
                std::array<char, 1'024> piece{};
                while (!error && asked_.find("\r\n\r\n") == std::string::npos) {
                    const auto size = socket_.read_some(net::asio::buffer(piece), error);
                    asked_.append(piece.data(), size);
                }
                for (std::size_t sent = 0; !error && sent < reply_.size();) {
                    sent += socket_.send(net::asio::buffer(reply_) + sent, 0, error);
                }
                socket_.shutdown(net::Tcp::socket::shutdown_send, error);
                // Whoever is asked waits for the other's end: closing with unread bytes is a reset.
                while (!error) {
                    socket_.read_some(net::asio::buffer(piece), error);
                }
            }};
        }
    }

    [[nodiscard]] std::string url() const {
        return fmt::format("http://127.0.0.1:{}/x?secret=1", acceptor_.local_endpoint().port());
    }

    /// After the answer.
    [[nodiscard]] const std::string& asked() {
        thread_ = {};
        return asked_;
    }

  private:
    std::string reply_;
    std::string asked_;
    net::asio::io_context context_;
    net::Tcp::acceptor acceptor_{context_, {net::asio::ip::address_v4::loopback(), 0}};
    net::Tcp::socket socket_{context_};
    std::jthread thread_;
};

TEST(Download, BringsAFileWithWhatIsKnownOfIt) {
    Peer peer{"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nETag: \"v1\"\r\n\r\nhello"};
    Kept kept;

    const auto end = download({.url = peer.url()}, kept);

    ASSERT_TRUE(end.has_value()) << end.error().message();
    EXPECT_EQ(*end, DownloadEnd::kComplete);
    EXPECT_EQ(kept.body, "hello");
    ASSERT_EQ(kept.heads.size(), 1U);
    EXPECT_EQ(kept.heads[0].offset, 0U);
    EXPECT_EQ(kept.heads[0].total, 5U);
    EXPECT_EQ(kept.heads[0].validator, "\"v1\"");
    EXPECT_EQ(peer.asked().find("Range"), std::string::npos) << peer.asked();
}

TEST(Download, AsksForTheRestOfTheSameFile) {
    Peer peer{
        "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 3-4/5\r\nContent-Length: 2\r\n"
        "ETag: \"v1\"\r\n\r\nlo"};
    Kept kept;

    const auto end = download({.url = peer.url(), .offset = 3, .if_range = "\"v1\""}, kept);

    ASSERT_TRUE(end.has_value()) << end.error().message();
    EXPECT_EQ(kept.body, "lo");
    EXPECT_EQ(kept.heads.at(0).offset, 3U);
    EXPECT_EQ(kept.heads.at(0).total, 5U);
    EXPECT_NE(peer.asked().find("Range: bytes=3-\r\nIf-Range: \"v1\"\r\n"), std::string::npos)
        << peer.asked();
}

TEST(Download, SaysWhenAllOfItComesInstead) {
    Peer peer{"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nworld"};
    Kept kept;

    const auto end = download({.url = peer.url(), .offset = 3, .if_range = "\"v1\""}, kept);

    ASSERT_TRUE(end.has_value()) << end.error().message();
    EXPECT_EQ(kept.body, "world");
    EXPECT_EQ(kept.heads.at(0).offset, 0U);
}

TEST(Download, SaysWhenThereIsNoMore) {
    Peer peer{
        "HTTP/1.1 416 Range Not Satisfiable\r\nContent-Range: bytes */5\r\nContent-Length: "
        "4\r\n\r\n"
        "none"};
    Kept kept;

    const auto end = download({.url = peer.url(), .offset = 5}, kept);

    ASSERT_TRUE(end.has_value()) << end.error().message();
    EXPECT_EQ(*end, DownloadEnd::kNothingThere);
    EXPECT_TRUE(kept.heads.empty());
}

TEST(Download, OfNothingHasABeginningToo) {
    Peer peer{"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"};
    Kept kept;

    const auto end = download({.url = peer.url()}, kept);

    ASSERT_TRUE(end.has_value()) << end.error().message();
    ASSERT_EQ(kept.heads.size(), 1U);
    EXPECT_EQ(kept.heads[0].total, 0U);
}

TEST(Download, HasNoTotalWhereTheServerSaysNone) {
    Peer peer{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n"};
    Kept kept;

    const auto end = download({.url = peer.url()}, kept);

    ASSERT_TRUE(end.has_value()) << end.error().message();
    EXPECT_EQ(kept.body, "hi");
    EXPECT_FALSE(kept.heads.at(0).total.has_value());
}

struct Validator {
    std::string name;
    std::string headers;
    std::string expected;

    friend void PrintTo(const Validator& it, std::ostream* out) { *out << it.name; }
};

class DownloadValidator : public testing::TestWithParam<Validator> {};

TEST_P(DownloadValidator, IsOneThatTellsFilesApart) {
    Peer peer{"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n" + GetParam().headers + "\r\nx"};
    Kept kept;

    ASSERT_TRUE(download({.url = peer.url()}, kept).has_value());

    EXPECT_EQ(kept.heads.at(0).validator, GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    All, DownloadValidator,
    testing::Values(
        Validator{"None", "", ""}, Validator{"Strong", "etag:  \"a b\" \r\n", "\"a b\""},
        Validator{"Weak", "ETag: W/\"a\"\r\nLast-Modified: Mon, 01 Jan 2024 00:00:00 GMT\r\n", ""},
        Validator{"OldDate",
                  "Last-Modified: Mon, 01 Jan 2024 00:00:00 GMT\r\nDate: Tue, 02 Jan 2024 00:00:00 "
                  "GMT\r\n",
                  "Mon, 01 Jan 2024 00:00:00 GMT"},
        Validator{"JustChanged",
                  "Last-Modified: Mon, 01 Jan 2024 00:00:00 GMT\r\nDate: Mon, 01 Jan 2024 00:00:30 "
                  "GMT\r\n",
                  ""}),
    [](const auto& it) { return it.param.name; });

struct BadAnswer {
    std::string name;
    std::string reply;
    ErrorCode code;
    std::string said;

    friend void PrintTo(const BadAnswer& it, std::ostream* out) { *out << it.name; }
};

class DownloadFails : public testing::TestWithParam<BadAnswer> {};

TEST_P(DownloadFails, WithWhatCanBeDoneAboutIt) {
    Peer peer{GetParam().reply};
    Kept kept;

    const auto end = download({.url = peer.url(), .offset = 3}, kept);

    ASSERT_FALSE(end.has_value());
    EXPECT_EQ(end.error().code(), GetParam().code) << end.error().message();
    EXPECT_NE(end.error().message().find(GetParam().said), std::string::npos)
        << end.error().message();
    EXPECT_EQ(end.error().message().find("secret"), std::string::npos) << end.error().message();
}

INSTANTIATE_TEST_SUITE_P(
    All, DownloadFails,
    testing::Values(
        BadAnswer{"NotFound", "HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nnone",
                  ErrorCode::kInvalidArgument, ": HTTP 404"},
        BadAnswer{"Endless404", "HTTP/1.1 404 Not Found\r\n\r\n" + std::string(100'000, 'x'),
                  ErrorCode::kInvalidArgument, ": HTTP 404"},
        BadAnswer{"Overloaded", "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n",
                  ErrorCode::kUnavailable, ": HTTP 503"},
        BadAnswer{"TooMany", "HTTP/1.1 429 Slow down\r\nContent-Length: 0\r\n\r\n",
                  ErrorCode::kUnavailable, ": HTTP 429"},
        BadAnswer{"BrokenOff", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
                  ErrorCode::kUnavailable, "broken off"},
        BadAnswer{"AnotherPart",
                  "HTTP/1.1 206 Partial\r\nContent-Range: bytes 2-4/5\r\nContent-Length: "
                  "3\r\n\r\nllo",
                  ErrorCode::kProtocol, "asked for what follows byte 3"},
        BadAnswer{"NoRange", "HTTP/1.1 206 Partial\r\nContent-Length: 3\r\n\r\nllo",
                  ErrorCode::kProtocol, "asked for what follows byte 3"},
        BadAnswer{"ToPlainHttp",
                  "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/y?secret=2\r\n"
                  "Content-Length: 0\r\n\r\n",
                  ErrorCode::kInvalidArgument,
                  "redirected to http://127.0.0.1:1/y, which is not https"},
        BadAnswer{"ToAFile",
                  "HTTP/1.1 302 Found\r\nLocation: file:///etc/hostname\r\nContent-Length: "
                  "0\r\n\r\n",
                  ErrorCode::kInvalidArgument, "which is not https"},
        BadAnswer{"NotHttp", "220 mail.example.org ESMTP\r\n", ErrorCode::kProtocol, ""}),
    [](const auto& it) { return it.param.name; });

TEST(Download, EndsWithTheErrorOfWhoeverTakesIt) {
    Peer peer{"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"};
    Kept kept;
    kept.refuses_head = true;

    const auto end = download({.url = peer.url()}, kept);

    ASSERT_FALSE(end.has_value());
    EXPECT_EQ(end.error().message(), "no room");
    EXPECT_EQ(kept.body, "");
}

TEST(Download, GivesUpOnAServerThatSaysNothing) {
    const Peer peer;
    Kept kept;

    const auto end = download({.url = peer.url(), .stall_timeout = 1s}, kept);

    ASSERT_FALSE(end.has_value());
    EXPECT_EQ(end.error().code(), ErrorCode::kTimeout) << end.error().message();
}

TEST(Download, StopsWhenAskedTo) {
    const Peer peer;
    std::stop_source stop;
    const std::jthread later{[&stop] { stop.request_stop(); }};
    Kept kept;

    const auto end = download({.url = peer.url()}, kept, stop.get_token());

    ASSERT_FALSE(end.has_value());
    EXPECT_EQ(end.error().code(), ErrorCode::kCancelled);
}

TEST(Download, AsksNothingButHttp) {
    Kept kept;
    for (const auto* url : {"", "file:///etc/hostname", "ftp://127.0.0.1/x", "127.0.0.1/x"}) {
        const auto end = download({.url = url}, kept);
        ASSERT_FALSE(end.has_value()) << url;
        EXPECT_EQ(end.error().code(), ErrorCode::kInvalidArgument) << url;
    }
    const auto end =
        download({.url = "http://127.0.0.1:1/", .offset = 1, .if_range = "a\r\nX: y"}, kept);
    ASSERT_FALSE(end.has_value());
    EXPECT_EQ(end.error().code(), ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace livedub::http
