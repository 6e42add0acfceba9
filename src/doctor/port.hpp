// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Whether a port can be listened on, and if not, who has it.

#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace livedub::doctor {

enum class PortState {
    kFree = 1,
    kHeld = 2,
    kForbidden = 3,  // below 1024, and we are not root
    kNoAddress = 4,  // the host is none of this machine's
};

struct PortHolder {
    int pid = 0;
    std::string program;
};

struct PortFacts {
    PortState state = PortState::kFree;
    std::optional<PortHolder> holder{};  // with kHeld; nullopt when it cannot be seen
    std::string problem{};               // the system's words, with kNoAddress
    std::uint16_t next_free = 0;         // with kHeld: a port above that nobody has
};

/// Listens for an instant. Port 0 is always free.
///
/// @param spoken_for Ports that are no way out, though nobody has them yet.
[[nodiscard]] PortFacts look_at_port(const std::string& host, std::uint16_t port,
                                     std::span<const std::uint16_t> spoken_for = {});

struct ListeningSocket {
    std::uint16_t port = 0;
    std::uint64_t inode = 0;

    friend bool operator==(const ListeningSocket&, const ListeningSocket&) = default;
};

/// The listening ones of /proc/net/tcp or tcp6. Lines that are none are skipped.
[[nodiscard]] std::vector<ListeningSocket> listening_sockets(std::string_view table);

}  // namespace livedub::doctor
