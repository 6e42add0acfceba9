// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// The media server alone, for tests and for measuring the relay without dubbing:
//   rtmp_relay [RTMP_PORT]
// prints its ports ("rtmp 1935", "api 9997", "metrics 9998", one a line) once it listens and runs
// until SIGINT or SIGTERM. Exit code 3: a port is in use.

#include <csignal>
#include <cstdio>
#include <cstdlib>

#include <prometheus/registry.h>

#include "http/server.hpp"
#include "net/io_thread.hpp"
#include "rtmp/paths_api.hpp"
#include "rtmp/server.hpp"

namespace {

constexpr const char* kHost = "127.0.0.1";

template <typename Started>
bool is_up(const Started& started, const char* name) {
    if (!started) {
        std::fprintf(stderr, "%s\n", started.error().message().c_str());
        return false;
    }
    std::printf("%s %u\n", name, static_cast<unsigned>((*started)->port()));
    return true;
}

}  // namespace

int main(int argc, char** argv) {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);  // before threads start: they inherit it

    prometheus::Registry registry;
    livedub::net::IoThread io;
    livedub::rtmp::ServerConfig config;
    config.host = kHost;
    config.port = argc > 1 ? static_cast<std::uint16_t>(std::atoi(argv[1])) : 0;
    const auto server = livedub::rtmp::Server::start(io, config, {}, registry);
    if (!is_up(server, "rtmp")) {
        return 3;
    }
    const auto api =
        livedub::http::Server::start(io, kHost, 0, livedub::rtmp::make_paths_api(**server));
    const auto metrics =
        livedub::http::Server::start(io, kHost, 0, livedub::rtmp::make_metrics_page(registry));
    if (!is_up(api, "api") || !is_up(metrics, "metrics")) {
        return 3;
    }
    std::fflush(stdout);
    int received = 0;
    sigwait(&signals, &received);
    return 0;
}
