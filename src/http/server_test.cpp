// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "http/server.hpp"

#include <array>
#include <stdexcept>

#include <gtest/gtest.h>

#include "net/asio.hpp"
#include "net/io_thread.hpp"

namespace livedub::http {
namespace {

/// Sends `request` as it is and returns everything until the server closes.
std::string exchange(std::uint16_t port, const std::string& request) {
    net::asio::io_context context;
    net::Tcp::socket socket{context};
    socket.connect({net::asio::ip::address_v4::loopback(), port});
    std::size_t sent = 0;
    while (sent < request.size()) {
        sent += socket.send(net::asio::buffer(request.data() + sent, request.size() - sent));
    }
    std::string received;
    std::array<char, 4096> buffer{};
    net::error_code error;
    while (!error) {
        const auto size = socket.receive(net::asio::buffer(buffer), 0, error);
        received.append(buffer.data(), size);
    }
    return received;
}

Response echo(const Request& request) {
    if (request.path == "/throw") {
        throw std::runtime_error{"escaped"};
    }
    return {.status = request.path == "/missing" ? 404 : 200,
            .content_type = "application/json",
            .body = request.method + " " + request.path + " " + request.query + " " + request.body};
}

class HttpServer : public testing::Test {
  protected:
    void SetUp() override {
        auto started = Server::start(io_, "127.0.0.1", 0, echo,
                                     {.connections = 4,
                                      .header_bytes = 1024,
                                      .body_bytes = 100,
                                      .timeout = std::chrono::seconds{1}});
        ASSERT_TRUE(started.has_value()) << started.error().message();
        server_ = std::move(*started);
    }

    net::IoThread io_;
    std::unique_ptr<Server> server_;
};

TEST_F(HttpServer, AnswersWithWhatTheHandlerSays) {
    const auto answer =
        exchange(server_->port(), "GET /missing?a=b HTTP/1.1\r\nConnection: close\r\n\r\n");

    EXPECT_EQ(answer.rfind("HTTP/1.1 404 Not Found\r\n", 0), 0U) << answer;
    EXPECT_NE(answer.find("Content-Type: application/json\r\n"), std::string::npos);
    EXPECT_NE(answer.find("\r\n\r\nGET /missing a=b "), std::string::npos);
}

TEST_F(HttpServer, KeepsTheConnectionForTheNextRequest) {
    const auto answer = exchange(server_->port(),
                                 "POST /one HTTP/1.1\r\nContent-Length: 2\r\n\r\nhi"
                                 "GET /two HTTP/1.1\r\nConnection: close\r\n\r\n");

    EXPECT_NE(answer.find("POST /one  hi"), std::string::npos) << answer;
    EXPECT_NE(answer.find("GET /two"), std::string::npos);
}

TEST_F(HttpServer, HeadHasTheLengthAndNoBody) {
    const auto answer = exchange(server_->port(), "HEAD /x HTTP/1.1\r\nConnection: close\r\n\r\n");

    EXPECT_NE(answer.find("Content-Length: 9\r\n"), std::string::npos) << answer;
    EXPECT_TRUE(answer.ends_with("\r\n\r\n")) << answer;
}

TEST_F(HttpServer, RefusesLargeBodies) {
    const auto answer = exchange(server_->port(), "POST / HTTP/1.1\r\nContent-Length: 101\r\n\r\n");

    EXPECT_EQ(answer.rfind("HTTP/1.1 413", 0), 0U) << answer;
}

TEST_F(HttpServer, ClosesOnGarbageAndOnSilence) {
    EXPECT_EQ(exchange(server_->port(), "\x16\x03\x01\r\n\r\n"), "");
    EXPECT_EQ(exchange(server_->port(), "GET / HT"), "");  // after the timeout
}

TEST_F(HttpServer, AHandlerThatThrowsIsAnInternalError) {
    const auto answer =
        exchange(server_->port(), "GET /throw HTTP/1.1\r\nConnection: close\r\n\r\n");

    EXPECT_EQ(answer.rfind("HTTP/1.1 500", 0), 0U) << answer;
}

TEST_F(HttpServer, EndsWithConnectionsOpen) {
    net::asio::io_context context;
    net::Tcp::socket socket{context};
    socket.connect({net::asio::ip::address_v4::loopback(), server_->port()});

    server_.reset();

    std::array<char, 16> buffer{};
    net::error_code error;
    EXPECT_EQ(socket.receive(net::asio::buffer(buffer), 0, error), 0U);
    EXPECT_TRUE(error);
}

TEST(Query, FindsAndDecodesValues) {
    EXPECT_EQ(query_value("page=2&itemsPerPage=5", "itemsPerPage"), "5");
    EXPECT_EQ(query_value("page=2", "items"), "");
    EXPECT_EQ(query_value("name=live%2Fdemo%2fin&x", "name"), "live/demo/in");
    EXPECT_EQ(percent_decode("100%"), "100%");
    EXPECT_EQ(percent_decode("%zz%4"), "%zz%4");
}

}  // namespace
}  // namespace livedub::http
