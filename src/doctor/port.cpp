// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "doctor/port.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <sstream>
#include <system_error>

#include <fmt/format.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

namespace livedub::doctor {
namespace {

namespace fs = std::filesystem;

constexpr std::uint16_t kLastPort = 65'535;

/// 0, or the errno of what did not work.
int try_listen(const addrinfo& address) {
    const int fd = ::socket(address.ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        return errno;
    }
    const int on = 1;
    ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    const bool can_listen =
        ::bind(fd, address.ai_addr, address.ai_addrlen) == 0 && ::listen(fd, 1) == 0;
    const int error = can_listen ? 0 : errno;
    ::close(fd);
    return error;
}

std::vector<ListeningSocket> all_listening_sockets() {
    std::vector<ListeningSocket> all;
    for (const auto* path : {"/proc/net/tcp", "/proc/net/tcp6"}) {
        std::ifstream file{path};
        const std::string table{std::istreambuf_iterator<char>{file}, {}};
        const auto found = listening_sockets(table);
        all.insert(all.end(), found.begin(), found.end());
    }
    return all;
}

bool has_open(const fs::path& process, const std::string& link) {
    std::error_code error;
    for (fs::directory_iterator at{process / "fd", error}, end; !error && at != end;
         at.increment(error)) {
        std::error_code unreadable;
        if (fs::read_symlink(at->path(), unreadable) == link) {
            return true;
        }
    }
    return false;
}

std::optional<PortHolder> holder_of(const ListeningSocket& socket) {
    const auto link = fmt::format("socket:[{}]", socket.inode);
    std::error_code error;
    for (fs::directory_iterator at{"/proc", error}, end; !error && at != end; at.increment(error)) {
        const auto name = at->path().filename().string();
        int pid = 0;
        const auto parsed = std::from_chars(name.data(), name.data() + name.size(), pid);
        if (parsed.ec != std::errc{} || !has_open(at->path(), link)) {
            continue;
        }
        std::ifstream file{at->path() / "comm"};
        PortHolder holder{.pid = pid, .program = {}};
        std::getline(file, holder.program);
        return holder;
    }
    return std::nullopt;
}

/// Who has `port`, and where else one could go.
PortFacts held(std::uint16_t port, std::span<const std::uint16_t> spoken_for) {
    PortFacts facts{.state = PortState::kHeld};
    const auto sockets = all_listening_sockets();
    for (const auto& socket : sockets) {
        if (socket.port == port && !facts.holder) {
            facts.holder = holder_of(socket);
        }
    }
    for (std::uint32_t next = port + 1U; next <= kLastPort && facts.next_free == 0; ++next) {
        if (std::ranges::none_of(sockets, [next](const auto& it) { return it.port == next; }) &&
            std::ranges::find(spoken_for, next) == spoken_for.end()) {
            facts.next_free = static_cast<std::uint16_t>(next);
        }
    }
    return facts;
}

}  // namespace

std::vector<ListeningSocket> listening_sockets(std::string_view table) {
    constexpr std::string_view kListening = "0A";
    constexpr std::size_t kLocal = 1;
    constexpr std::size_t kState = 3;
    constexpr std::size_t kInode = 9;
    std::vector<ListeningSocket> sockets;
    std::istringstream lines{std::string{table}};
    for (std::string line; std::getline(lines, line);) {
        std::istringstream in{line};
        const std::vector<std::string> words{std::istream_iterator<std::string>{in}, {}};
        if (words.size() <= kInode || words[kState] != kListening) {
            continue;
        }
        const auto& local = words[kLocal];
        const auto* const port = local.data() + std::min(local.find(':'), local.size() - 1) + 1;
        const auto& inode = words[kInode];
        ListeningSocket socket;
        const auto port_end = std::from_chars(port, local.data() + local.size(), socket.port, 16);
        const auto inode_end =
            std::from_chars(inode.data(), inode.data() + inode.size(), socket.inode);
        if (port_end.ec == std::errc{} && inode_end.ec == std::errc{}) {
            sockets.push_back(socket);
        }
    }
    return sockets;
}

PortFacts look_at_port(const std::string& host, std::uint16_t port,
                       std::span<const std::uint16_t> spoken_for) {
    if (port == 0) {
        return {};
    }
    addrinfo wish{};
    wish.ai_flags = AI_PASSIVE;
    wish.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    const auto service = std::to_string(port);
    if (const int error = ::getaddrinfo(host.c_str(), service.c_str(), &wish, &found); error != 0) {
        return {.state = PortState::kNoAddress, .problem = ::gai_strerror(error)};
    }
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owned{found, &::freeaddrinfo};
    switch (const int error = try_listen(*found)) {
        case 0:
            return {};
        case EADDRINUSE:
            return held(port, spoken_for);
        case EACCES:
        case EPERM:
            return {.state = PortState::kForbidden};
        default:
            return {.state = PortState::kNoAddress,
                    .problem = std::generic_category().message(error)};
    }
}

}  // namespace livedub::doctor
