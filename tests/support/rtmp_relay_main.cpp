// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// The media server alone, for tests and for measuring the relay without dubbing:
//   rtmp_relay [RTMP_PORT]
// prints "rtmp PORT" once it listens and runs until SIGINT or SIGTERM.

#include <csignal>
#include <cstdio>
#include <cstdlib>

#include <prometheus/registry.h>

#include "net/io_thread.hpp"
#include "rtmp/server.hpp"

int main(int argc, char** argv) {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);  // before threads start: they inherit it

    prometheus::Registry registry;
    livedub::net::IoThread io;
    livedub::rtmp::ServerConfig config;
    config.host = "127.0.0.1";
    config.port = argc > 1 ? static_cast<std::uint16_t>(std::atoi(argv[1])) : 0;
    const auto server = livedub::rtmp::Server::start(io, config, {}, registry);
    if (!server) {
        std::fprintf(stderr, "%s\n", server.error().message().c_str());
        return 3;
    }
    std::printf("rtmp %u\n", static_cast<unsigned>((*server)->port()));
    std::fflush(stdout);
    int received = 0;
    sigwait(&signals, &received);
    return 0;
}
