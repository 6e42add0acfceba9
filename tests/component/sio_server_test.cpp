// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// The Socket.IO server under what only a program of ours can do to it: threads that emit at once,
// a destructor in the middle of everything, sockets by the hundred. Foreign clients are in
// tests/conformance/test_sio_server.py.

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <prometheus/registry.h>

#include "base/mutex.hpp"
#include "net/asio.hpp"
#include "net/io_thread.hpp"
#include "net/raw_client.hpp"
#include "sio/client.hpp"
#include "sio/server.hpp"

namespace livedub::sio {
namespace {

constexpr std::chrono::seconds kPatience{30};

/// Values that come in on one thread and are waited for on another.
class Arrivals {
  public:
    void add(std::string value) {
        {
            const MutexLock lock{mutex_};
            values_.push_back(std::move(value));
        }
        changed_.notify_all();
    }
    /// All values, once there are `count`; fewer when it takes too long.
    std::vector<std::string> wait_for(std::size_t count) {
        const MutexLock lock{mutex_};
        changed_.wait_for(mutex_, kPatience,
                          [&]() LIVEDUB_REQUIRES(mutex_) { return values_.size() >= count; });
        return values_;
    }

  private:
    Mutex mutex_;
    std::condition_variable_any changed_;
    std::vector<std::string> values_ LIVEDUB_GUARDED_BY(mutex_);
};

std::string transport_name(const testing::TestParamInfo<Transport>& info) {
    return info.param == Transport::kWebSocket ? "WebSocket"
           : info.param == Transport::kPolling ? "Polling"
                                               : "Upgrade";
}

class SioServer : public testing::TestWithParam<Transport> {
  protected:
    using Answer = std::function<void(Socket&, Event)>;

    static void echo(Socket& socket, Event event) { socket.emit(std::move(event)); }
    static void say_nothing(Socket& /*socket*/, Event /*event*/) {}

    void start(ServerConfig config = {}, Answer answer = echo) {
        ServerEvents events{.may_connect = {},
                            .on_connect =
                                [this](const std::shared_ptr<Socket>& socket, const Handshake&) {
                                    const MutexLock lock{mutex_};
                                    sockets_.push_back(socket);
                                    after_the_end_ += gone_.count(socket->id());
                                },
                            .on_event =
                                [this, answer](Socket& socket, Event event) {
                                    ++events_;
                                    {
                                        const MutexLock lock{mutex_};
                                        after_the_end_ += gone_.count(socket.id());
                                    }
                                    answer(socket, std::move(event));
                                },
                            .on_disconnect =
                                [this](Socket& socket, std::string_view) {
                                    {
                                        const MutexLock lock{mutex_};
                                        gone_.insert(socket.id());
                                    }
                                    disconnected_.add(socket.id());
                                }};
        auto started = Server::start(
            io_, "127.0.0.1", 0, std::move(config), std::move(events),
            [](const http::Request&) { return http::Response{}; }, registry_);
        ASSERT_TRUE(started.has_value()) << started.error().message();
        server_ = std::move(*started);
    }

    /// A client that is connected; what it hears goes to `heard`.
    std::unique_ptr<Client> connect(Transport transport, Arrivals& heard) {
        auto connected = std::make_shared<Arrivals>();
        auto client = std::make_unique<Client>(
            io_,
            ClientConfig{.url = "http://127.0.0.1:" + std::to_string(server_->port()),
                         .transport = transport},
            ClientEvents{
                .on_connect = [connected] { connected->add(""); },
                .on_event = [&heard](Event event) { heard.add(std::move(event.argument).take()); },
                .on_end = [&heard](const Error& error) { heard.add(error.message()); }});
        EXPECT_EQ(connected->wait_for(1).size(), 1U);
        return client;
    }

    std::size_t told_after_the_end() {
        const MutexLock lock{mutex_};
        return after_the_end_;
    }

    std::vector<std::shared_ptr<Socket>> sockets() {
        const MutexLock lock{mutex_};
        return sockets_;
    }

    /// The whole answer to a request of one's own, of a client that says what no honest one does.
    std::string ask(const std::string& method, const std::string& query, const std::string& body) {
        net::RawClient connection{server_->port()};
        connection.send(head_of(method, query, body.size()) + body);
        return connection.rest();
    }

    static std::string head_of(const std::string& method, const std::string& query,
                               std::size_t size) {
        return method + " /socket.io/?EIO=4&transport=polling" + query +
               " HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: " +
               std::to_string(size) + "\r\n\r\n";
    }

    /// "&sid=..." of a client that polls.
    std::string open_polling() {
        const auto answer = ask("GET", "", "");
        const auto begin = answer.find("\"sid\":\"") + 7;
        return "&sid=" + answer.substr(begin, answer.find('"', begin) - begin);
    }

    prometheus::Registry registry_;
    std::atomic<int> events_{0};
    Mutex mutex_;
    std::vector<std::shared_ptr<Socket>> sockets_ LIVEDUB_GUARDED_BY(mutex_);
    std::set<std::string> gone_ LIVEDUB_GUARDED_BY(mutex_);
    std::size_t after_the_end_ LIVEDUB_GUARDED_BY(mutex_) = 0;  // what was told of a socket then
    Arrivals disconnected_;
    net::IoThread io_;
    std::unique_ptr<Server> server_;
};

INSTANTIATE_TEST_SUITE_P(Over, SioServer,
                         testing::Values(Transport::kWebSocket, Transport::kPolling,
                                         Transport::kUpgrade),
                         transport_name);

TEST_P(SioServer, KeepsTheOrderOfEveryThreadThatEmits) {
    constexpr std::size_t kThreads = 4;
    constexpr std::size_t kEach = 250;
    start();
    Arrivals heard;
    const auto client = connect(GetParam(), heard);
    const auto socket = sockets().front();
    {
        std::vector<std::jthread> threads;
        for (std::size_t thread = 0; thread < kThreads; ++thread) {
            threads.emplace_back([&socket, thread] {
                for (std::size_t n = 0; n < kEach; ++n) {
                    socket->emit({.name = "x", .argument = std::to_string(thread * 1000 + n)});
                }
            });
        }
    }

    const auto values = heard.wait_for(kThreads * kEach);

    ASSERT_EQ(values.size(), kThreads * kEach);
    std::map<std::size_t, std::size_t> next;
    for (const auto& value : values) {
        const auto number = std::stoul(value);
        EXPECT_EQ(number % 1000, next[number / 1000]++);
    }
}

TEST_P(SioServer, KeepsTheOrderOfThreadsThatWaitForEachOther) {
    start({}, [](Socket& socket, Event event) {
        socket.emit(std::move(event));
        std::jthread{[&socket] { socket.emit({.name = "x", .argument = "2"}); }}.join();
        socket.emit({.name = "x", .argument = "3"});
    });
    Arrivals heard;
    const auto client = connect(GetParam(), heard);

    client->emit({.name = "x", .argument = "1"});

    EXPECT_THAT(heard.wait_for(3), testing::ElementsAre("1", "2", "3"));
}

TEST_P(SioServer, LosesNothingWhileTransportsChange) {
    constexpr std::size_t kEvents = 200;
    start();
    for (std::size_t round = 1; round <= 10; ++round) {
        Arrivals heard;
        std::jthread emitting{[&](const std::stop_token& stop) {
            while (sockets().size() < round && !stop.stop_requested()) {
                std::this_thread::yield();
            }
            for (std::size_t n = 0; n < kEvents && !stop.stop_requested(); ++n) {
                sockets().back()->emit({.name = "x", .argument = std::to_string(n)});
                std::this_thread::yield();
            }
        }};
        const auto client = connect(GetParam(), heard);
        const auto values = heard.wait_for(kEvents);
        ASSERT_EQ(values.size(), kEvents);
        for (std::size_t n = 0; n < kEvents; ++n) {
            ASSERT_EQ(values[n], std::to_string(n));
        }
    }
}

TEST_P(SioServer, EndsEveryConnectionOnceWhenItEnds) {
    start();
    Arrivals heard;
    const auto first = connect(GetParam(), heard);
    const auto second = connect(GetParam(), heard);
    std::jthread emitting{[this](const std::stop_token& stop) {
        while (!stop.stop_requested()) {
            for (const auto& socket : sockets()) {
                socket->emit({.name = "x", .argument = "0"});
            }
            std::this_thread::yield();
        }
    }};

    server_.reset();

    EXPECT_EQ(disconnected_.wait_for(2).size(), 2U);
    io_.call([] {});
    EXPECT_EQ(disconnected_.wait_for(2).size(), 2U);
    for (const auto& socket : sockets()) {
        socket->disconnect();  // swallowed
    }
}

TEST_P(SioServer, LiveConnectionsDoNotNoticeIdleOnesByTheHundred) {
    constexpr std::size_t kIdle = 400;
    start({.max_connections = 2});  // so that few sockets are many
    Arrivals heard;
    const auto client = connect(GetParam(), heard);
    net::asio::io_context context;
    std::vector<net::Tcp::socket> idle;
    for (std::size_t n = 0; n < kIdle; ++n) {
        idle.emplace_back(context).connect(
            {net::asio::ip::address_v4::loopback(), server_->port()});
        net::error_code ignored;  // some wait with half a head, and some are closed by now
        idle.back().send(net::asio::buffer(std::string{"GET /socket.io/"}.substr(0, n % 8)), 0,
                         ignored);
        if (n % 20 == 0) {
            client->emit({.name = "x", .argument = std::to_string(n)});
        }
    }

    EXPECT_EQ(heard.wait_for(kIdle / 20).size(), kIdle / 20);
    std::array<char, 16> buffer{};
    net::error_code error;
    idle.front().receive(net::asio::buffer(buffer), 0, error);
    EXPECT_TRUE(error) << "the idle ones are not bounded";
}

// What only a client does that is not honest, by hand: once, not over every transport.
class SioStrangers : public SioServer {};
INSTANTIATE_TEST_SUITE_P(By, SioStrangers, testing::Values(Transport::kPolling), transport_name);

TEST_P(SioStrangers, WhoNeverReadsItsAcksIsClosedAndHeardNoMore) {
    constexpr int kFit = 10;  // acks, with what each costs besides its bytes
    start({.max_buffered = 70 * kFit}, say_nothing);
    const auto sid = open_polling();
    ask("POST", sid, "40");
    std::string many = R"(420["x"])";
    for (int i = 1; i < 100; ++i) {
        many +=
            "\x1e"
            "421[\"x\"]";
    }

    ask("POST", sid, many);

    EXPECT_EQ(disconnected_.wait_for(1).size(), 1U);
    EXPECT_GE(events_, 1);
    EXPECT_LE(events_, kFit);
    EXPECT_EQ(told_after_the_end(), 0U);
    EXPECT_EQ(ask("GET", sid, "").rfind("HTTP/1.1 400", 0), 0U) << "it is still there";
}

TEST_P(SioStrangers, NobodyIsConnectedByAnAnswerThatWasNotTaken) {
    start({.max_buffered = 700}, say_nothing);
    for (int acks = 0; acks < 12; ++acks) {  // at some of these the second answer is too much
        const auto sid = open_polling();
        std::string packets = "40";
        for (int i = 0; i < acks; ++i) {
            packets +=
                "\x1e"
                "421[\"x\"]";
        }
        ask("POST", sid,
            packets +
                "\x1e"
                "40/sts,");
        ask("POST", sid, "1");  // goodbye
    }
    server_.reset();

    EXPECT_EQ(disconnected_.wait_for(sockets().size()).size(), sockets().size());
    EXPECT_EQ(told_after_the_end(), 0U);
    EXPECT_GT(sockets().size(), 12U);
    EXPECT_LT(sockets().size(), 24U) << "every answer was taken";
}

TEST_P(SioStrangers, MayNotSendMuchBeforeTheyAreLetIn) {
    start();
    const auto sid = open_polling();
    const std::string large = R"(42["x",")" + std::string(100'000, 'y') + R"("])";

    ask("POST", sid, "40");
    EXPECT_EQ(ask("POST", sid, large).rfind("HTTP/1.1 200", 0), 0U);

    EXPECT_EQ(ask("POST", open_polling(), large).rfind("HTTP/1.1 413", 0), 0U);
}

TEST_P(SioStrangers, AHandshakeThatIsNoneTakesNobodysPlace) {
    start({.max_connections = 1});
    net::RawClient bad{server_->port()};
    bad.send(
        "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\n"
        "Upgrade: websocket\r\nSec-WebSocket-Version: 8\r\nSec-WebSocket-Key: "
        "dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
    EXPECT_EQ(bad.rest().rfind("HTTP/1.1 400", 0), 0U);

    Arrivals heard;
    EXPECT_NE(connect(Transport::kWebSocket, heard), nullptr);
}

TEST_P(SioStrangers, APongMayStandBehindAMessageThatTakesItsTime) {
    constexpr std::chrono::milliseconds kTimeout{50};
    start({.ping_interval = kTimeout, .ping_timeout = kTimeout});
    const auto sid = open_polling();
    ask("POST", sid, "40");
    const std::string body =
        "42[\"x\"]\x1e"
        "3";
    net::RawClient slow{server_->port()};
    slow.send(head_of("POST", sid, body.size()) + body.substr(0, 4));
    std::this_thread::sleep_for(6 * kTimeout);  // that is how slow it is

    slow.send(body.substr(4));

    EXPECT_EQ(slow.rest().rfind("HTTP/1.1 200", 0), 0U);
    EXPECT_EQ(events_, 1);
}

TEST_P(SioStrangers, AnAnswerRepeatsOnlyWholeLettersOfANamespace) {
    start();
    const auto sid = open_polling();
    std::string name = "/xy";  // so that the limit lies within a letter
    for (int i = 0; i < 300; ++i) {
        name += "é";
    }

    ask("POST", sid, "40" + name + ",");

    const auto answer = ask("GET", sid, "");
    EXPECT_NE(answer.find("éé,{\"message\":\"Invalid namespace\"}"), std::string::npos) << answer;
}

}  // namespace
}  // namespace livedub::sio
