// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// A Socket.IO client for tests, driven by lines of JSON. On stdin:
//   {"name":"a","argument":{...},"attachments":["<base64>"]}    emit an event
//   {"leave":true}                                              destroy the client
// On stdout: {"what":"connect"}, {"what":"event","name":...,"argument":...,"attachments":[...]},
// {"what":"end","code":n,"message":...} and {"what":"left"}. Runs until stdin ends.

#include <cstdio>
#include <exception>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "net/io_thread.hpp"
#include "sio/client.hpp"
#include "wire/base64.hpp"

namespace {

using livedub::sio::Client;
using livedub::sio::ClientConfig;
using livedub::sio::ClientEvents;
using livedub::sio::Event;
using livedub::sio::Transport;
using nlohmann::json;

struct Flags {
    ClientConfig config;
    std::string leave_on;  // the event in whose callback the client is destroyed
};

/// One line at a time, whatever thread it comes from.
void say(const std::string& line) {
    std::string whole = line + "\n";
    std::fwrite(whole.data(), 1, whole.size(), stdout);
    std::fflush(stdout);
}

std::string line_of(const Event& event) {
    json attachments = json::array();
    for (const auto& bytes : event.attachments) {
        attachments.push_back(livedub::wire::encode_base64(bytes));
    }
    return R"({"what":"event","name":)" + json(event.name).dump() + R"(,"argument":)" +
           (event.argument == "" ? "null" : std::string{event.argument.view()}) +
           R"(,"attachments":)" + attachments.dump() + "}";
}

Event event_of(const json& line) {
    Event event{.name = line.at("name").get<std::string>(), .argument = {}, .attachments = {}};
    if (line.contains("argument")) {
        event.argument = line.at("argument").dump();
    }
    for (const auto& text : line.value("attachments", json::array())) {
        event.attachments.push_back(*livedub::wire::decode_base64(text.get<std::string>()));
    }
    return event;
}

Flags parse(int argc, char** argv) {
    Flags flags;
    auto& config = flags.config;
    std::map<std::string, Transport> transports{{"websocket", Transport::kWebSocket},
                                                {"polling", Transport::kPolling},
                                                {"upgrade", Transport::kUpgrade}};
    std::vector<std::string> headers;
    bool is_insecure = false;
    int connect_timeout_ms = 10'000;
    CLI::App app{"Socket.IO client for tests"};
    app.add_option("--url", config.url)->required();
    app.add_option("--path", config.path);
    app.add_option("--namespace", config.name_space);
    app.add_option("--auth", config.auth);
    app.add_option("--header", headers, "NAME=VALUE");
    app.add_option("--transport", config.transport)->transform(CLI::CheckedTransformer(transports));
    app.add_flag("--insecure", is_insecure);
    app.add_option("--connect-timeout-ms", connect_timeout_ms);
    app.add_option("--max-payload", config.max_payload);
    app.add_option("--max-buffered", config.max_buffered);
    app.add_option("--leave-on", flags.leave_on);
    app.parse(argc, argv);
    for (const auto& header : headers) {
        const auto equals = header.find('=');
        config.headers.emplace_back(header.substr(0, equals), header.substr(equals + 1));
    }
    config.verify_certificate = !is_insecure;
    config.connect_timeout = std::chrono::milliseconds{connect_timeout_ms};
    return flags;
}

void run(int argc, char** argv) {
    auto flags = parse(argc, argv);
    livedub::net::IoThread io;
    std::unique_ptr<Client> client;  // touched on the io thread only
    const auto leave = [&client] {
        client.reset();
        say(R"({"what":"left"})");
    };
    const ClientEvents events{
        .on_connect = [] { say(R"({"what":"connect"})"); },
        .on_event =
            [&](const Event& event) {
                say(line_of(event));
                if (event.name == flags.leave_on) {
                    leave();
                }
            },
        .on_end =
            [](const livedub::Error& error) {
                const auto code = static_cast<int>(error.code());
                say(json{{"what", "end"}, {"code", code}, {"message", error.message()}}.dump());
            }};
    io.call([&] { client = std::make_unique<Client>(io, flags.config, events); });
    for (std::string text; std::getline(std::cin, text);) {
        const auto line = json::parse(text);
        if (line.contains("leave")) {
            io.call(leave);
            continue;
        }
        io.call([&] {
            if (client) {
                client->emit(event_of(line));
            }
        });
    }
    io.call([&] { client.reset(); });
}

}  // namespace

int main(int argc, char** argv) {
    try {
        run(argc, argv);
        return 0;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "sio_client_probe: %s\n", error.what());
        return 2;
    }
}
