// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// For tests: a client that sends bytes of its own, as no honest one does.

#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "net/asio.hpp"

namespace livedub::net {

/// One connection, with its own loop and blocking calls, which throw what Asio throws.
class RawClient {
  public:
    explicit RawClient(std::uint16_t port) {
        socket_.connect({asio::ip::address_v4::loopback(), port});
    }
    void send(std::string_view text) {
        while (!text.empty()) {
            text.remove_prefix(socket_.send(asio::buffer(text)));
        }
    }
    /// What comes until the other side closes.
    std::string rest() {
        std::string received;
        for (error_code error; !error;) {
            received += some(error);
        }
        return received;
    }
    /// What comes next.
    std::string some() {
        error_code ignored;
        return some(ignored);
    }
    void leave() { socket_.close(); }
    Tcp::socket& socket() { return socket_; }

  private:
    std::string some(error_code& error) {
        std::array<char, 4096> buffer{};
        return {buffer.data(), socket_.receive(asio::buffer(buffer), 0, error)};
    }

    asio::io_context context_;
    Tcp::socket socket_{context_};
};

}  // namespace livedub::net
