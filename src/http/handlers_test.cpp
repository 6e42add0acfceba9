// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Answers that come later, connections that make room, and WebSockets.

#include <array>
#include <future>
#include <vector>

#include <gtest/gtest.h>

#include "http/server.hpp"
#include "net/asio.hpp"
#include "net/io_thread.hpp"
#include "net/raw_client.hpp"
#include "net/websocket.hpp"

namespace livedub::http {
namespace {

using net::RawClient;

constexpr std::chrono::seconds kPatience{10};

class HttpHandlers : public testing::Test {
  protected:
    void start(Handlers handlers, const Limits& limits = {}) {
        auto started = Server::start(io_, "127.0.0.1", 0, std::move(handlers), limits);
        ASSERT_TRUE(started.has_value()) << started.error().message();
        server_ = std::move(*started);
    }

    net::IoThread io_;
    std::unique_ptr<Server> server_;
};

const std::string kGet = "GET / HTTP/1.1\r\nConnection: close\r\n\r\n";

TEST_F(HttpHandlers, AnswerLaterAndFromAnotherThread) {
    std::promise<Respond> asked;
    start({.on_request = [&](const Request&, Respond respond) { asked.set_value(respond); }});
    RawClient client{server_->port()};
    client.send(kGet);

    auto respond = asked.get_future().get();
    respond({.body = "late"});
    respond({.body = "later still"});

    EXPECT_TRUE(client.rest().ends_with("\r\n\r\nlate"));
}

TEST_F(HttpHandlers, AreToldWhenTheClientLeavesBeforeItsAnswer) {
    std::promise<void> asked;
    std::promise<void> gone;
    Respond kept;
    start({.on_request = [&](const Request&, Respond respond) {
        respond.on_gone([&] { gone.set_value(); });
        kept = std::move(respond);
        asked.set_value();
    }});
    RawClient client{server_->port()};
    client.send(kGet);
    asked.get_future().wait();

    client.leave();

    EXPECT_EQ(gone.get_future().wait_for(kPatience), std::future_status::ready);
    kept({.body = "to nobody"});
}

TEST_F(HttpHandlers, ARequestSentTooEarlyWaitsForTheAnswerBeforeIt) {
    std::vector<Respond> asked;
    std::promise<void> second;
    start({.on_request = [&](const Request& request, Respond respond) {
        if (request.path == "/2") {
            respond({.body = "two"});
            return;
        }
        asked.push_back(std::move(respond));
        second.set_value();
    }});
    RawClient client{server_->port()};
    client.send("GET /1 HTTP/1.1\r\n\r\nGET /2 HTTP/1.1\r\nConnection: close\r\n\r\n");
    second.get_future().wait();

    asked.front()({.body = "one"});

    const auto answers = client.rest();
    EXPECT_LT(answers.find("\r\n\r\none"), answers.find("\r\n\r\ntwo")) << answers;
}

TEST_F(HttpHandlers, AnAnswerNobodyWillGiveClosesTheConnection) {
    start({.on_request = [](const Request&, const Respond&) {}});
    RawClient client{server_->port()};
    client.send(kGet);

    EXPECT_EQ(client.rest(), "");
}

TEST_F(HttpHandlers, DecideTheBodyLimitByTheHead) {
    std::promise<std::string> too_large;
    start({.on_request = [](const Request& request,
                            const Respond& respond) { respond({.body = request.body}); },
           .body_limit =
               [](const Request& head) { return std::uint64_t{head.path == "/large" ? 8U : 2U}; },
           .on_too_large = [&](const Request& head) { too_large.set_value(head.path); }});
    RawClient large{server_->port()};
    large.send("POST /large HTTP/1.1\r\nContent-Length: 8\r\nConnection: close\r\n\r\n12345678");
    EXPECT_TRUE(large.rest().ends_with("12345678"));

    RawClient small{server_->port()};
    small.send("POST /small HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n123\r\n");
    const auto answer = small.some();
    EXPECT_EQ(answer.rfind("HTTP/1.1 413", 0), 0U) << answer;
    EXPECT_EQ(too_large.get_future().get(), "/small");
}

TEST_F(HttpHandlers, IdleConnectionsMakeRoomAndBusyOnesStay) {
    std::promise<Respond> asked;
    start({.on_request = [&](const Request&, Respond respond) { asked.set_value(respond); }},
          {.connections = 3});
    RawClient busy{server_->port()};
    busy.send(kGet);
    auto respond = asked.get_future().get();
    std::vector<std::unique_ptr<RawClient>> idle;
    for (int i = 0; i < 50; ++i) {
        idle.push_back(std::make_unique<RawClient>(server_->port()));
    }

    for (int i = 0; i < 48; ++i) {
        EXPECT_EQ(idle[static_cast<std::size_t>(i)]->rest(), "") << i;  // closed
    }
    respond({.body = "still there"});
    EXPECT_TRUE(busy.rest().ends_with("still there"));
}

TEST_F(HttpHandlers, ASlowHeadIsCutOffAndASlowBodyToo) {
    start({.on_request = [](const Request&, const Respond& respond) { respond({}); }},
          {.timeout = std::chrono::milliseconds{100},
           .transfer_timeout = std::chrono::milliseconds{200}});
    RawClient slow_head{server_->port()};
    slow_head.send("GET / HTTP/1.1\r\nA: b\r\n");
    RawClient slow_body{server_->port()};
    slow_body.send("POST / HTTP/1.1\r\nContent-Length: 8\r\n\r\n1234");

    EXPECT_EQ(slow_head.rest(), "");
    EXPECT_EQ(slow_body.rest(), "");
}

namespace websocket = net::beast::websocket;
using WebSocketClient = websocket::stream<net::Tcp::socket>;

/// Echoes messages; closes at "close me" after "bye", aborts at "abort me".
struct EchoSocket {
    UpgradeHandler handler(net::WebSocketLimits limits = {}) {
        return [this, limits](const Request&, const AcceptUpgrade& accept) {
            socket = accept(limits, {.on_message =
                                         [this](net::WebSocketKind kind, std::string message) {
                                             on_message(kind, std::move(message));
                                         },
                                     .on_close =
                                         [this](std::string_view why, std::uint16_t code) {
                                             refusal = code;
                                             closed.set_value(std::string{why});
                                         }});
            return std::optional<Response>{};
        };
    }
    void on_message(net::WebSocketKind kind, std::string message) const {
        if (message == "abort me") {
            socket->abort();
        } else if (message == "close me") {
            EXPECT_TRUE(socket->send(kind, "b", "e",
                                     {.at = 0, .text = std::make_shared<const std::string>("y")}));
            socket->close(net::kNormalClosure);
        } else {
            is_taken_last = socket->send(kind, "", std::move(message), {});
        }
    }

    std::shared_ptr<net::WebSocket> socket;
    mutable bool is_taken_last = true;
    std::uint16_t refusal = 0;
    std::promise<std::string> closed;
};

class HttpUpgrade : public HttpHandlers {
  protected:
    void TearDown() override {
        server_.reset();
        io_.call([&] {
            if (echo_.socket) {
                echo_.socket->abort();  // it outlives the server, and must not outlive echo_
            }
        });
    }
    void connect() {
        client_.next_layer().connect({net::asio::ip::address_v4::loopback(), server_->port()});
        client_.handshake("localhost", "/socket");
    }
    std::string receive() {
        net::beast::flat_buffer buffer;
        client_.read(buffer, error_);
        return net::beast::buffers_to_string(buffer.data());
    }

    EchoSocket echo_;
    net::asio::io_context context_;
    WebSocketClient client_{context_};
    net::error_code error_;
};

TEST_F(HttpUpgrade, BecomesAWebSocketThatKeepsKindAndOrder) {
    start({.on_upgrade = echo_.handler()});
    connect();

    client_.text(true);
    client_.write(net::asio::buffer(std::string{"text"}));
    client_.binary(true);
    client_.write(net::asio::buffer(std::string{"\0\xff", 2}));

    EXPECT_EQ(receive(), "text");
    EXPECT_TRUE(client_.got_text());
    EXPECT_EQ(receive(), (std::string{"\0\xff", 2}));
    EXPECT_TRUE(client_.got_binary());
}

TEST_F(HttpUpgrade, PutsFragmentsTogetherUpToTheLimit) {
    start({.on_upgrade = echo_.handler({.message_bytes = 1000, .buffered_bytes = 10'000})});
    connect();
    client_.write_some(false, net::asio::buffer(std::string(500, 'a')));
    client_.write_some(true, net::asio::buffer(std::string(500, 'b')));
    EXPECT_EQ(receive(), std::string(500, 'a') + std::string(500, 'b'));

    client_.write_some(false, net::asio::buffer(std::string(600, 'a')));
    client_.write_some(true, net::asio::buffer(std::string(401, 'b')), error_);

    receive();
    EXPECT_EQ(error_, websocket::error::closed);
    EXPECT_EQ(client_.reason().code, websocket::close_code::too_big);
    EXPECT_EQ(echo_.closed.get_future().wait_for(kPatience), std::future_status::ready);
}

TEST_F(HttpUpgrade, WhatComesInIsLimitedForAllTogetherButForOne) {
    start({.on_upgrade = echo_.handler({.message_bytes = 1'000'000})},
          {.total_body_bytes = 500'000});
    connect();
    client_.write_some(false,
                       net::asio::buffer(std::string(900'000, 'a')));  // one is always let in
    client_.ping({});
    std::array<char, 2> pong{};  // behind it: all of it has come
    client_.next_layer().receive(net::asio::buffer(pong));
    net::asio::io_context context;
    WebSocketClient other{context};
    other.next_layer().connect({net::asio::ip::address_v4::loopback(), server_->port()});
    const auto first = echo_.socket;
    other.handshake("localhost", "/socket");
    other.write_some(false, net::asio::buffer(std::string(100'000, 'b')), error_);

    net::beast::flat_buffer buffer;
    other.read(buffer, error_);
    EXPECT_EQ(error_, websocket::error::closed);
    EXPECT_EQ(other.reason().code, websocket::close_code::too_big);
    EXPECT_EQ(echo_.closed.get_future().get(), "too much is coming in");
    EXPECT_EQ(echo_.refusal, websocket::close_code::too_big);
    io_.call([&] { first->abort(); });
}

TEST_F(HttpUpgrade, OneThatIsClosingStillCountsAndIsNotListenedTo) {
    start({.on_request = [](const Request&, const Respond& respond) { respond({}); },
           .on_upgrade = echo_.handler()},
          {.connections = 1});
    connect();
    client_.write(net::asio::buffer(std::string{"close me"}));
    EXPECT_EQ(receive(), "bye");
    RawClient second{server_->port()};
    second.send(kGet);

    EXPECT_EQ(second.rest(), "") << "there was a place for it";

    receive();
    EXPECT_EQ(error_, websocket::error::closed);
    EXPECT_EQ(echo_.closed.get_future().wait_for(kPatience), std::future_status::ready);
}

TEST_F(HttpUpgrade, AnswersPingsInTheMiddleOfAMessage) {
    start({.on_upgrade = echo_.handler()});
    connect();
    std::string answered;
    client_.control_callback([&](websocket::frame_type kind, net::beast::string_view payload) {
        answered = std::string{payload} + (kind == websocket::frame_type::pong ? "!" : "?");
    });

    client_.write_some(false, net::asio::buffer(std::string{"one "}));
    client_.ping("there");
    client_.write_some(true, net::asio::buffer(std::string{"message"}));

    EXPECT_EQ(receive(), "one message");
    EXPECT_EQ(answered, "there!");
}

TEST_F(HttpUpgrade, PartsWithTheCodeOfTheStandardAndDeliversWhatCameBefore) {
    start({.on_upgrade = echo_.handler()});
    connect();

    client_.text(true);
    client_.write(net::asio::buffer(std::string{"fine"}));
    client_.write(net::asio::buffer(std::string{"\xFF"}));

    EXPECT_EQ(receive(), "fine");
    receive();
    EXPECT_EQ(error_, websocket::error::closed);
    EXPECT_EQ(client_.reason().code, websocket::close_code::bad_payload);
    EXPECT_EQ(echo_.closed.get_future().get(), "text that is no UTF-8");
}

TEST_F(HttpUpgrade, ReturnsAFarewellAfterWhatWasSaidBefore) {
    start({.on_upgrade = echo_.handler()});
    connect();

    client_.write(net::asio::buffer(std::string{"before"}));
    client_.close({websocket::close_code::going_away, "so long"}, error_);

    EXPECT_FALSE(error_) << error_.message();
    EXPECT_EQ(echo_.closed.get_future().get(), "closed by peer");
}

TEST_F(HttpUpgrade, CloseWritesWhatWaitsFirst) {
    start({.on_upgrade = echo_.handler()});
    connect();

    client_.write(net::asio::buffer(std::string{"close me"}));

    EXPECT_EQ(receive(), "bye");
    receive();
    EXPECT_EQ(error_, websocket::error::closed);
    EXPECT_EQ(client_.reason().code, 1000);
    EXPECT_EQ(echo_.closed.get_future().wait_for(kPatience), std::future_status::ready);
}

TEST_F(HttpUpgrade, AbortIsImmediateAndSilent) {
    start({.on_upgrade = echo_.handler()});
    connect();

    client_.write(net::asio::buffer(std::string{"abort me"}));
    receive();

    EXPECT_TRUE(error_);
    io_.call([] {});
    EXPECT_EQ(echo_.closed.get_future().wait_for(std::chrono::seconds{0}),
              std::future_status::timeout);
}

TEST_F(HttpUpgrade, APeerThatDoesNotReadIsClosedInTimeAndBounded) {
    start({.on_upgrade = echo_.handler({.message_bytes = std::size_t{4} << 20U,
                                        .buffered_bytes = std::size_t{8} << 20U,
                                        .closing_timeout = std::chrono::milliseconds{100}})});
    connect();
    const std::string large(std::size_t{4} << 20U, 'x');
    bool is_full = false;
    for (int i = 0; i < 64 && !is_full; ++i) {
        client_.write(net::asio::buffer(large));
        is_full = io_.call([&] { return !echo_.is_taken_last; });
    }
    EXPECT_TRUE(is_full);
    EXPECT_LE(io_.call([&] { return echo_.socket->buffered(); }), std::size_t{8} << 20U);

    io_.call([&] { echo_.socket->close(net::kNormalClosure); });

    EXPECT_EQ(echo_.closed.get_future().get(), "closing timeout");
}

TEST_F(HttpUpgrade, CanBeRefusedWithAnAnswer) {
    start({.on_upgrade = [](const Request&, const AcceptUpgrade&) {
        return std::optional<Response>{{.status = 400, .body = "no"}};
    }});
    RawClient client{server_->port()};
    client.send(
        "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");

    const auto answer = client.rest();
    EXPECT_EQ(answer.rfind("HTTP/1.1 400", 0), 0U) << answer;
    EXPECT_TRUE(answer.ends_with("no")) << answer;
}

TEST_F(HttpUpgrade, IsForThoseWhoShakeHandsProperly) {
    start({.on_upgrade = echo_.handler()});
    for (const auto* const missing :
         {"Host: a\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: short\r\n",
          "Host: a\r\nSec-WebSocket-Version: 8\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
          "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"}) {
        RawClient client{server_->port()};
        client.send("GET / HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
                    std::string{missing} + "\r\n");
        const auto answer = client.rest();
        EXPECT_EQ(answer.rfind("HTTP/1.1 400", 0), 0U) << missing;
        EXPECT_NE(answer.find("Sec-WebSocket-Version: 13\r\n"), std::string::npos) << missing;
        EXPECT_EQ(echo_.socket, nullptr) << "nobody was asked";
    }
}

}  // namespace
}  // namespace livedub::http
