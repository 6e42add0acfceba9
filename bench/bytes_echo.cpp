// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// What the kernel takes of an echo, and no server can save: receives as many bytes as a fragment
// has and sends as many as its answers have, over and over, and looks at none of them.
//
//   bytes_echo RECEIVED SENT     sizes in bytes; prints its port, serves one connection, ends with
//   it

#include <cstddef>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "net/asio.hpp"

namespace {

namespace asio = livedub::net::asio;
using livedub::net::error_code;
using livedub::net::Tcp;

void echo(Tcp::socket& socket, std::vector<char> incoming, const std::vector<char>& outgoing) {
    error_code error;
    while (!error) {
        for (std::size_t done = 0; done < incoming.size() && !error;) {
            done += socket.read_some(asio::buffer(incoming) + done, error);
        }
        for (std::size_t done = 0; done < outgoing.size() && !error;) {
            done += socket.write_some(asio::buffer(outgoing) + done, error);
        }
    }
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) {
        std::cerr << "bytes_echo RECEIVED SENT\n";
        return EXIT_FAILURE;
    }
    asio::io_context context;
    Tcp::acceptor acceptor{context, {asio::ip::address_v4::loopback(), 0}};
    std::cout << acceptor.local_endpoint().port() << std::endl;  // NOLINT(performance-avoid-endl)
    auto socket = acceptor.accept();
    socket.set_option(Tcp::no_delay{true});
    echo(socket, std::vector<char>(std::stoul(argv[1])), std::vector<char>(std::stoul(argv[2])));
    return EXIT_SUCCESS;
}
