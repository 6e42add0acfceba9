// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// A Socket.IO server for tests with foreign clients:
//   sio_echo [--NAME VALUE]...
// prints "sio PORT" once it listens and runs until SIGINT or SIGTERM. Every event comes back as it
// was; "bye" disconnects; "flood" N is answered with N events of 100 kB. CONNECT with the auth
// token "bad" is refused. GET /metrics has the numbers, everything else "page". Names:
// ping-interval, ping-timeout, upgrade-timeout, connect-timeout (ms), max-payload, max-buffered,
// max-connections, cors.

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>

#include <prometheus/registry.h>

#include "http/server.hpp"
#include "net/io_thread.hpp"
#include "sio/server.hpp"
#include "telemetry/metrics.hpp"

namespace {

using livedub::sio::Event;
using livedub::sio::Handshake;
using livedub::sio::ServerConfig;
using livedub::sio::ServerEvents;
using livedub::sio::Socket;

constexpr std::size_t kFloodBytes = 100'000;

bool set(ServerConfig& config, const std::string& name, const std::string& value) {
    const auto number = std::strtoull(value.c_str(), nullptr, 10);
    const std::map<std::string, std::chrono::milliseconds*> times{
        {"--ping-interval", &config.ping_interval},
        {"--ping-timeout", &config.ping_timeout},
        {"--upgrade-timeout", &config.upgrade_timeout},
        {"--connect-timeout", &config.connect_timeout}};
    const std::map<std::string, std::size_t*> sizes{{"--max-payload", &config.max_payload},
                                                    {"--max-buffered", &config.max_buffered},
                                                    {"--max-connections", &config.max_connections}};
    if (const auto time = times.find(name); time != times.end()) {
        *time->second = std::chrono::milliseconds{number};
    } else if (const auto size = sizes.find(name); size != sizes.end()) {
        *size->second = number;
    } else if (name == "--cors") {
        config.cors_origins = {value};
    } else {
        return false;
    }
    return true;
}

std::optional<std::string> may_connect(const Handshake& handshake) {
    if (handshake.auth.find("\"bad\"") != std::string::npos) {
        return R"({"message":"AUTH_FAILED","data":{"code":"AUTH_FAILED"}})";
    }
    return std::nullopt;
}

void on_event(Socket& socket, Event event) {
    if (event.name == "bye") {
        socket.emit({.name = "farewell", .argument = R"("after this comes the end")"});
        socket.disconnect();
    } else if (event.name == "flood") {
        const auto argument = "\"" + std::string(kFloodBytes, 'x') + "\"";
        for (int i = std::stoi(std::string{event.argument.view()}); i > 0; --i) {
            socket.emit({.name = "flood", .argument = argument});
        }
    } else {
        socket.emit(std::move(event));
    }
}

}  // namespace

int main(int argc, char** argv) {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);  // before threads start: they inherit it

    ServerConfig config;
    for (int i = 1; i + 1 < argc; i += 2) {
        if (!set(config, argv[i], argv[i + 1])) {
            std::fprintf(stderr, "unknown option %s\n", argv[i]);
            return 2;
        }
    }
    prometheus::Registry registry;
    livedub::net::IoThread io;
    const auto pages = [&registry](const livedub::http::Request& request) {
        return request.path == "/metrics"
                   ? livedub::http::Response{.content_type = livedub::kMetricsContentType,
                                             .body = livedub::expose(registry)}
                   : livedub::http::Response{.body = "page"};
    };
    const auto server = livedub::sio::Server::start(
        io, "127.0.0.1", 0, config,
        ServerEvents{.may_connect = may_connect,
                     .on_connect = [](const std::shared_ptr<Socket>&, const Handshake&) {},
                     .on_event = on_event,
                     .on_disconnect = [](Socket&, std::string_view) {}},
        pages, registry);
    if (!server) {
        std::fprintf(stderr, "%s\n", server.error().message().c_str());
        return 3;
    }
    std::printf("sio %u\n", static_cast<unsigned>((*server)->port()));
    std::fflush(stdout);
    int received = 0;
    sigwait(&signals, &received);
    return 0;
}
